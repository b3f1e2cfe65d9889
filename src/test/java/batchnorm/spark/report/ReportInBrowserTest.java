package batchnorm.spark.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Display of a report, and interaction with it, in headless Chromium. */
class ReportInBrowserTest {
  private static final Path SCREENSHOTS = Path.of("target", "report-screenshots");
  private static final int WIDE = 1200;
  private static final int NARROW = 400;
  private static final double[][] ONE_TO_FIVE = {{1}, {2}, {3}, {4}, {5}};
  private static final String ONE_TO_FIVE_READ_ALOUD =
      "Histogram. least 1, 5% 1, 25% 2, median 3, 75% 4, 95% 5, largest 5";

  @TempDir static Path folder;

  private static Browser browser;

  @BeforeAll
  static void startBrowser() throws IOException {
    browser = Browser.start().orElse(null);
    if (browser == null) {
      System.err.println(
          """
          ******************************************************************************
          The report was NOT tested in a browser: chromium or chromedriver is not there.
          Install them: apt-get install chromium chromium-driver
          ******************************************************************************""");
    }
    Assumptions.assumeTrue(browser != null, "chromium and chromedriver are not installed");
  }

  @AfterAll
  static void stopBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void readerAtADesk() {
    browser.resize(WIDE, 1000);
    browser.prefer("light");
    browser.log("browser");
  }

  @Test
  void rowsAreSortedByEachColumnBothWaysAndThenAsTheyWere() throws IOException {
    open(Reports.ofFeatures(10));
    List<String> asTheyWere = names("features");
    click("#features th:nth-child(4) button");
    assertEquals("descending", sortedBy("features", 4));
    List<Double> down = numbers("features", 4);
    assertEquals(down.stream().sorted((a, b) -> Double.compare(b, a)).toList(), down);
    assertEquals("empty", last(names("features")), "what has no mean comes last");
    click("#features th:nth-child(4) button");
    assertEquals("ascending", sortedBy("features", 4));
    List<Double> up = numbers("features", 4);
    assertEquals(up.stream().sorted().toList(), up);
    assertEquals("empty", last(names("features")));
    click("#features th:nth-child(4) button");
    assertEquals("null", sortedBy("features", 4));
    assertEquals(asTheyWere, names("features"));
  }

  @Test
  void namesAreSortedAsPeopleCount() throws IOException {
    open(
        Reports.of(
            Reports.feature("v_10", 0, 1),
            Reports.feature("v_9", 0, 1),
            Reports.feature("v_100", 0, 1)));
    click("#features th:first-child button");
    assertEquals(List.of("v_9", "v_10", "v_100"), names("features"));
  }

  @Test
  void filterLeavesTheNamesThatHaveItAndSaysHowMany() throws IOException {
    open(Reports.ofFeatures(5_000));
    assertEquals("5,000 features, the first 100 shown, in the order of the model", status());
    focus("#features input");
    browser.press("FEATURE_499");
    assertEquals("11 of 5,000 features, in the order of the model", status());
    assertEquals("feature_499", names("features").get(0));
    browser.press("x");
    assertEquals("No feature has such a name.", status());
    assertEquals(
        "status",
        browser
            .run(
                "return document.querySelector('#features .status').role"
                    + " || document.querySelector('#features .status').getAttribute('role')")
            .textValue());
  }

  @Test
  void flagsFilterToo() throws IOException {
    open(Reports.ofFeatures(10));
    click("#features .chip");
    assertEquals(List.of("empty"), names("features"));
    assertEquals("true", attribute("#features .chip", "aria-pressed"));
    click("#features .chip:nth-child(2)");
    assertEquals(List.of("constant", "empty"), names("features"));
    click("#features .chip");
    click("#features .chip:nth-child(2)");
    assertEquals(10, names("features").size());
  }

  @Test
  void longListsAreShownInParts() throws IOException {
    open(Reports.ofFeatures(5_000));
    assertEquals(100, names("features").size());
    click("#features .more button");
    assertEquals(200, names("features").size());
    assertEquals(
        "101",
        browser
            .run(
                "return String([...document.querySelectorAll('#features .name')]"
                    + ".indexOf(document.activeElement) + 1)")
            .textValue());
    click("#features .more button:nth-child(2)");
    assertEquals(5_000, names("features").size());
    assertEquals("5,000 features, in the order of the model", status());
  }

  @Test
  void everythingIsReachedAndDoneByKeyboard() throws IOException {
    open(Reports.ofFeatures(10));
    browser.press(Browser.TAB);
    assertEquals("Skip to the tables", focused());
    tabTo("What the flags mean");
    browser.press(Browser.ENTER);
    assertTrue(browser.run("return document.querySelector('details').open").booleanValue());
    tabTo("Mean");
    assertNotEqualsNone(
        browser.run("return getComputedStyle(document.activeElement).outlineStyle").textValue());
    browser.press(Browser.SPACE);
    assertEquals("descending", sortedBy("features", 4));
    assertEquals("Mean", focused().replaceAll("[▲▼]", ""));
    tabTo("seconds since 1970");
    browser.press(Browser.ENTER);
    assertEquals(
        "true",
        browser.run("return document.activeElement.getAttribute('aria-expanded')").textValue());
    assertTrue(
        browser
            .run("return document.querySelector('.detail').innerText")
            .textValue()
            .contains("1700000000"));
    browser.press(Browser.ENTER);
    assertEquals("null", attribute(".detail", "id"));
  }

  @Test
  void namesAreTextWhateverTheyAreMadeOf() throws IOException {
    List<Feature> features = new ArrayList<>();
    Reports.STRANGE_NAMES.forEach(name -> features.add(Reports.feature(name, 1, 4)));
    open(Reports.of(features.toArray(Feature[]::new)));
    assertEquals("sensors – batchnorm report", browser.run("return document.title").textValue());
    assertEquals(2, browser.run("return document.scripts.length").intValue());
    assertEquals(0, browser.run("return document.images.length").intValue());
    List<String> shown =
        Reports.STRANGE_NAMES.stream().map(name -> name.isBlank() ? "(blank name)" : name).toList();
    assertEquals(shown, names("features"));
    browser.run("document.querySelectorAll('.name').forEach(name => name.click())");
    assertEquals(2, browser.run("return document.scripts.length").intValue());
    assertNoSidewaysScroll();
    browser.resize(NARROW, 1000);
    assertNoSidewaysScroll();
    browser.screenshot(SCREENSHOTS.resolve("strange-names-narrow.png"));
  }

  static Stream<Report> reports() {
    return Stream.of(
        Reports.ofFeatures(10),
        Reports.ofFeatures(5_000),
        Reports.ofTwoModels(10),
        Reports.ofTwoModels(5_000),
        Reports.ofData(10),
        Reports.ofData(5_000));
  }

  @ParameterizedTest
  @MethodSource("reports")
  void pageIsQuietAndFitsEveryScreen(Report report) throws IOException {
    open(report);
    String name =
        (report.sample().isPresent() ? "data-" : report.comparison().isPresent() ? "drift-" : "")
            + report.features().size();
    for (int width : new int[] {WIDE, 800, NARROW}) {
      browser.resize(width, 1400);
      assertNoSidewaysScroll();
      browser.screenshot(SCREENSHOTS.resolve(name + "-" + width + ".png"));
    }
    assertEquals(List.of(), browser.log("browser"));
  }

  static Stream<Arguments> sizes() {
    return Stream.of(
        Arguments.of(Reports.ofFeatures(5_000), 0.7),
        Arguments.of(Reports.ofTwoModels(5_000), 1.7),
        Arguments.of(Reports.ofData(5_000), 4.9));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void pageOfManyFeaturesIsAsSmallAsItIsSaidToBe(Report report, double megabytes) {
    int bytes = ReportPage.of(report).getBytes(StandardCharsets.UTF_8).length;
    assertEquals(megabytes, bytes / 1e6, 0.1);
  }

  @Test
  void nothingIsLoaded() throws IOException {
    browser.log("performance");
    Path page = open(Reports.ofData(10));
    click("#features .name");
    List<String> requested =
        browser.log("performance").stream()
            .filter(message -> message.contains("\"Network.requestWillBeSent\""))
            .map(ReportInBrowserTest::url)
            .filter(url -> !url.equals("data:,"))
            .toList();
    assertEquals(List.of(page.toUri().toString()), requested);
    // What a page may try, this one is not allowed to.
    assertEquals(
        "refused",
        browser
            .runAsync(
                "fetch('http://127.0.0.1:9/').then(() => done('sent'), () => done('refused'))")
            .textValue());
    assertTrue(
        browser.log("browser").stream().anyMatch(line -> line.contains("Content Security Policy")));
  }

  @Test
  void pageIsDarkWhereTheReaderPrefersIt() throws IOException {
    open(Reports.ofFeatures(10));
    String light = background();
    browser.prefer("dark");
    browser.screenshot(SCREENSHOTS.resolve("dark.png"));
    assertEquals("rgb(255, 255, 255)", light);
    assertEquals("rgb(20, 22, 26)", background());
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void pageIsAccessible(String scheme) throws IOException {
    String axe = axe();
    browser.prefer(scheme);
    for (int width : new int[] {WIDE, NARROW}) {
      browser.resize(width, 1000);
      open(Reports.ofData(10));
      click("#features .name");
      click("#sample .name");
      click("#features .chip");
      browser.run("document.querySelectorAll('details').forEach(one => { one.open = true; });");
      browser.run(axe + "; window.axe = axe;");
      JsonNode violations =
          browser.runAsync(
              "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',"
                  + " 'best-practice']}).then(found => done(found.violations.map(violation =>"
                  + " violation.id + ': ' + violation.nodes.slice(0, 3).map(node => node.html))),"
                  + " error => done([String(error)]))");
      assertEquals("[]", violations.toString());
    }
  }

  @Test
  void driftIsShownLargestFirstWithTheFeaturesOfOneSide() throws IOException {
    Report report = Reports.ofTwoModels(10);
    open(report);
    assertEquals(
        report.comparison().orElseThrow().drifts().stream()
            .map(drift -> drift.first().name())
            .toList(),
        names("drift"));
    String text = browser.run("return document.getElementById('drift').textContent").textValue();
    assertTrue(text.contains("1 feature of A that B does not have"), text);
    assertTrue(text.contains("new <b>feature</b>"), text);
    assertFalse(
        browser.run("return document.getElementById('sample').hidden === false").booleanValue());
  }

  @Test
  void rangesOfBothSidesAreShownAndWhatIsBeyondThemIsMarked() throws IOException {
    List<Feature> first = List.of(ranged("a", 1, 9), ranged("b", Double.NaN, Double.NaN));
    List<Feature> second = List.of(ranged("a", 0.5, 9), ranged("b", -3, 9));
    open(
        new Report(
            "sensors",
            "",
            Map.of(),
            List.of(),
            first,
            true,
            Optional.of(Comparison.of("may", first, "june", second)),
            Optional.empty()));
    assertEquals(
        List.of("1 to 9", "0.5 to 9", "unknown", "−3 to 9"),
        texts("#drift tbody td:nth-child(7) div"));
    assertEquals(List.of("0.5 to 9"), texts("#drift tbody td:nth-child(7) .strong"));
    assertEquals(List.of("beyond the range"), texts("#drift tbody .flag"));
    String lede = text("#drift .lede");
    assertTrue(lede.contains("in 1 of them B has values beyond the range of A."), lede);
    assertTrue(lede.contains("The range of 1 feature is unknown."), lede);
    assertEquals(List.of("1", "unknown"), texts("#features tbody td:nth-child(6)"));
    click("#drift tr:nth-child(2) .name");
    assertTrue(text("#drift .detail").contains("minAunknown"), text("#drift .detail"));
  }

  private static Feature ranged(String name, double min, double max) {
    return new Feature(name, 569, 0, 4, 1, 1, min, max, false, false, 1);
  }

  @Test
  void veryManyFeaturesOfOneSideAreListed() throws IOException {
    open(Reports.ofFewAndMany(3, 200_000));
    assertEquals(3, names("features").size());
    assertEquals(200_003, count("#drift li"));
  }

  @Test
  void countsAreThoseOfAllFeaturesAlsoWhereAFewAreListed() throws IOException {
    Report report = Reports.ofTwoModels(50);
    open(report);
    List<String> counts = texts(".lede");
    open(report.limitedTo(1));
    assertEquals(1, names("features").size());
    assertEquals(counts, texts(".lede"));
    assertTrue(counts.get(0).contains("Of 49 features in both"), counts.get(0));
    assertTrue(counts.get(1).contains("of 50 features have flags"), counts.get(1));
  }

  @Test
  void histogramsAreReadAloudAndSayWhatLiesBeyondTheirEnds() throws IOException {
    double[][] after = {{-1}, {0}, {1}, {0}, {9}};
    open(
        new Report(
            "sensors",
            "",
            Map.of(),
            List.of(),
            List.of(Reports.feature("a", 3, 2)),
            true,
            Optional.empty(),
            Optional.of(Sample.of(ONE_TO_FIVE, after, true))));
    assertEquals(ONE_TO_FIVE_READ_ALOUD, attribute("#sample td:nth-child(2) svg", "aria-label"));
    assertEquals("img", attribute("#sample td:nth-child(2) svg", "role"));
    assertEquals(
        List.of("1", "5", "−4", "≥ 4"), texts("#sample .ends span"), "9 lies beyond the last bin");
  }

  @Test
  void driftToDataShowsAHistogramWithBothMeansBelowIt() throws IOException {
    List<Feature> first = List.of(Reports.feature("a", 2, 1));
    List<Feature> second = List.of(Reports.feature("a", 3, 2));
    open(
        new Report(
            "sensors",
            "",
            Map.of(),
            List.of(),
            first,
            true,
            Optional.of(Comparison.of("may", first, "june.csv", second)),
            Optional.of(Sample.of(ONE_TO_FIVE, ONE_TO_FIVE, true))));
    assertEquals(ONE_TO_FIVE_READ_ALOUD, attribute("#drift td:nth-child(2) svg", "aria-label"));
    // From 1 to 5, 2 and 3 lie a quarter and a half of the way.
    assertEquals("25%", attribute("#drift td circle.of-a", "cx"));
    assertEquals("50%", attribute("#drift td circle:not(.of-a)", "cx"));
  }

  @Test
  void namesBreakBehindTheirWords() throws IOException {
    open(Reports.named("mean_radius.worstValue"));
    assertEquals("mean_radius.worstValue", text("#features .name bdi"));
    assertEquals(3, count("#features .name wbr"));
  }

  @Test
  void missingValuesOfStatisticsThatWereGivenAreNotSaidToBeNone() throws IOException {
    Feature given = new Feature("a", 0, 0, 1, 4, 2, Double.NaN, Double.NaN, false, false, 1);
    List<Feature> counted = List.of(Reports.feature("a", 1, 4));
    open(
        new Report(
            "layer",
            "",
            Map.of(),
            List.of(),
            List.of(given),
            false,
            Optional.of(Comparison.of("layer", List.of(given), "june", counted)),
            Optional.empty()));
    click("#drift .name");
    List<String> details = texts("#drift .detail dt");
    assertFalse(details.contains("missingA"), details.toString());
    assertTrue(details.contains("missingB"), details.toString());
  }

  @Test
  void numbersAreShortAndTheirExactValuesAtHand() throws IOException {
    double third = 1.0 / 3;
    open(Reports.of(Reports.feature("a", third, 4), Reports.feature("b", -1.5e-7, 4)));
    assertEquals("0.3333", text("#features td:nth-child(4)"));
    assertEquals(Double.toString(third), attribute("#features td:nth-child(4)", "title"));
    assertEquals("−1.500e−7", text("#features tr:nth-child(2) td:nth-child(4)"));
    click("#features .name");
    assertTrue(text(".detail").contains(Double.toString(third)), text(".detail"));
  }

  private static Path open(Report report) throws IOException {
    Path page = folder.resolve("report.html");
    Files.writeString(page, ReportPage.of(report));
    browser.open(page);
    return page;
  }

  private static void click(String selector) {
    browser.run("document.querySelector(\"" + selector + "\").click()");
  }

  private static void focus(String selector) {
    browser.run("document.querySelector(\"" + selector + "\").focus()");
  }

  private static int count(String selector) {
    return browser.run("return document.querySelectorAll(\"" + selector + "\").length").intValue();
  }

  private static String text(String selector) {
    return browser
        .run("return document.querySelector(\"" + selector + "\").textContent")
        .textValue();
  }

  /** Presses the tab key until the element of this text has the focus. */
  private static void tabTo(String text) {
    for (int i = 0; i < 60; i++) {
      if (focused().replaceAll("[▲▼]", "").equals(text)) {
        return;
      }
      browser.press(Browser.TAB);
    }
    throw new AssertionError("The tab key does not lead to " + text);
  }

  private static String focused() {
    return browser.run("return document.activeElement.textContent").textValue();
  }

  private static void assertNotEqualsNone(String style) {
    assertFalse(style.equals("none"), "the focus is seen");
  }

  private static String attribute(String selector, String name) {
    return browser
        .run(
            "const found = document.querySelector(\""
                + selector
                + "\"); return String(found && found.getAttribute('"
                + name
                + "'))")
        .textValue();
  }

  private static String sortedBy(String section, int column) {
    return attribute("#" + section + " thead th:nth-child(" + column + ")", "aria-sort");
  }

  private static String status() {
    return text("#features .status");
  }

  private static List<String> names(String section) {
    return texts("#" + section + " .name bdi");
  }

  private static List<Double> numbers(String section, int column) {
    return texts("#" + section + " tbody tr > :nth-child(" + column + ")").stream()
        .filter(text -> !text.equals("–"))
        .map(text -> Double.valueOf(text.replace('−', '-')))
        .toList();
  }

  private static List<String> texts(String selector) {
    List<String> texts = new ArrayList<>();
    browser
        .run(
            "return [...document.querySelectorAll(\""
                + selector
                + "\")].map(found => found.textContent)")
        .forEach(text -> texts.add(text.textValue()));
    return texts;
  }

  private static String last(List<String> list) {
    return list.get(list.size() - 1);
  }

  private static String background() {
    return browser
        .run("return getComputedStyle(document.documentElement).backgroundColor")
        .textValue();
  }

  private static void assertNoSidewaysScroll() {
    JsonNode widths =
        browser.run("return [document.documentElement.scrollWidth, window.innerWidth]");
    assertEquals(widths.get(1).intValue(), widths.get(0).intValue());
  }

  private static String url(String message) {
    String start = "\"url\":\"";
    int from = message.indexOf(start, message.indexOf("\"request\":")) + start.length();
    return message.substring(from, message.indexOf('"', from));
  }

  private static String axe() throws IOException {
    String resource = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
    try (InputStream in = ReportInBrowserTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
