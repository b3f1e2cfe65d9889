package batchnorm.spark.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReportPageTest {
  @Test
  void namesCannotEndTheElementTheyStandIn() throws Exception {
    for (String name : Reports.STRANGE_NAMES) {
      String page = ReportPage.of(Reports.named(name));
      assertEquals(2, count(page, "<script"), name);
      assertEquals(2, count(page, "</script"), name);
      assertFalse(between(page, "<script type=\"application/json\" id=\"data\">").contains("<"));
      assertEquals(name, data(page).at("/features/name/0").textValue());
    }
  }

  @Test
  void titleParametersAndNotesAreText() {
    String nasty = "<img src=x onerror=alert(1)> \"&' </title>";
    String page =
        ReportPage.of(
            new Report(
                nasty,
                nasty,
                Map.of(nasty, nasty),
                List.of(nasty),
                List.of(Reports.feature("a", 1, 2)),
                true,
                Optional.empty(),
                Optional.empty()));
    assertFalse(page.contains("<img"));
    String escaped = "&lt;img src=x onerror=alert(1)&gt; &quot;&amp;&#39; &lt;/title&gt;";
    assertEquals(6, count(page, escaped));
  }

  @Test
  void whatLooksLikeAPlaceOfTheTemplateIsText() throws Exception {
    String page = ReportPage.of(Reports.named("{{script}} $1 \\1"));
    assertEquals("{{script}} $1 \\1", data(page).at("/features/name/0").textValue());
    assertEquals(1, count(page, "'use strict';"));
  }

  @Test
  void policyAllowsTheStyleAndTheScriptOfThePageAlone() throws Exception {
    String page = ReportPage.of(Reports.named("a"));
    String policy = between(page, "<meta http-equiv=\"Content-Security-Policy\" content=\"");
    assertEquals(
        "default-src 'none'; style-src 'sha256-"
            + hash(between(page, "<style>"))
            + "'; script-src 'sha256-"
            + hash(between(page, "<script>"))
            + "'; img-src data:; base-uri 'none'; form-action 'none'",
        policy);
  }

  @Test
  void pageNamesNoAddress() {
    String page = ReportPage.of(Reports.ofFeatures(10));
    String known = "http://www.w3.org/2000/svg";
    assertEquals(0, count(page.replace(known, ""), "://"));
    assertEquals(0, count(page, "url("));
    assertEquals(0, count(page, "@import"));
  }

  @Test
  void numbersKeepAllTheirDigits() throws Exception {
    Feature feature =
        new Feature(
            "a",
            (1L << 53) + 1,
            3,
            0.1 + 0.2,
            Double.POSITIVE_INFINITY,
            Double.MIN_VALUE,
            -0.1,
            0.7,
            false,
            false,
            1);
    Feature empty =
        new Feature(
            "b", 0, 9, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, false, false, 1);
    JsonNode features = data(ReportPage.of(Reports.of(feature, empty))).get("features");
    assertEquals("9007199254740993", features.at("/count/0").textValue());
    assertEquals(0.1 + 0.2, features.at("/mean/0").doubleValue());
    assertEquals("Infinity", features.at("/variance/0").textValue());
    assertEquals(Double.MIN_VALUE, features.at("/std/0").doubleValue());
    assertEquals(-0.1, features.at("/min/0").doubleValue());
    assertEquals(0.7, features.at("/max/0").doubleValue());
    assertEquals("NaN", features.at("/mean/1").textValue());
    assertEquals("NaN", features.at("/min/1").textValue());
    assertEquals(1, features.at("/flags/1").intValue());
  }

  @Test
  void negativeZeroStaysOne() throws Exception {
    JsonNode mean =
        data(ReportPage.of(Reports.of(Reports.feature("a", -0.0, 1)))).at("/features/mean/0");
    assertEquals("-0.0", mean.asText());
  }

  @Test
  void limitKeepsFlaggedFeaturesAndSaysWhatItLeavesOut() {
    Report report =
        Reports.of(
            Reports.feature("a", 0, 1),
            Reports.feature("b", 0, 1),
            new Feature("c", 9, 0, 1, 0, 0, Double.NaN, Double.NaN, true, false, 0));
    Report limited = report.limitedTo(2);
    assertEquals(List.of("a", "c"), limited.features().stream().map(Feature::name).toList());
    assertEquals(
        List.of(
            "Of 3 features this page lists 2: those with flags, then the first ones. --limit sets "
                + "how many."),
        limited.notes());
    assertEquals(report, report.limitedTo(3));
  }

  @Test
  void limitKeepsTheSampleOfTheFeaturesAndTheLargestDrift() {
    Report limited = Reports.ofData(10).limitedTo(4);
    assertEquals(4, limited.sample().orElseThrow().features().size());
    List<Drift> all = Reports.ofData(10).comparison().orElseThrow().drifts();
    assertEquals(all.subList(0, 4), limited.comparison().orElseThrow().drifts());
  }

  @Test
  void limitHoldsForTheFeaturesOfTheOtherSide() {
    Report few = Reports.ofFewAndMany(2, 9);
    Report limited = few.limitedTo(4);
    assertEquals(4, limited.comparison().orElseThrow().onlySecond().size());
    assertEquals(9, limited.totals().onlySecond());
    assertEquals(List.of(), limited.notes());
  }

  @Test
  void limitDoesNotChangeHowManyThereAre() throws Exception {
    Report report = Reports.ofTwoModels(50);
    JsonNode totals = data(ReportPage.of(report.limitedTo(1))).get("totals");
    assertEquals(data(ReportPage.of(report)).get("totals"), totals);
    List<Drift> drifts = report.comparison().orElseThrow().drifts();
    assertEquals(50, totals.get("features").intValue());
    assertEquals(
        report.features().stream().filter(feature -> !feature.flags().isEmpty()).count(),
        totals.get("flagged").longValue());
    assertTrue(totals.get("flagged").longValue() > 1);
    assertEquals(49, totals.get("compared").intValue());
    assertEquals(
        drifts.stream().filter(drift -> Math.abs(drift.meanDifference()) > 0.1).count(),
        totals.get("moved").longValue());
    assertTrue(totals.get("moved").longValue() > 1);
    assertEquals(
        drifts.stream().filter(Drift::isBeyondRange).count(),
        totals.get("beyondRange").longValue());
    assertTrue(totals.get("beyondRange").longValue() > 1);
    assertEquals(1, totals.get("unknownRange").intValue());
    assertEquals(1, totals.get("onlyFirst").intValue());
    assertEquals(1, totals.get("onlySecond").intValue());
  }

  private static JsonNode data(String page) throws JsonProcessingException {
    return new ObjectMapper()
        .readTree(between(page, "<script type=\"application/json\" id=\"data\">"));
  }

  /** The content of the element or attribute that {@code start} begins. */
  private static String between(String page, String start) {
    int from = page.indexOf(start) + start.length();
    assertTrue(from >= start.length());
    return page.substring(from, page.indexOf(start.endsWith("\"") ? "\">\n" : "</", from));
  }

  private static String hash(String text) throws Exception {
    return Base64.getEncoder()
        .encodeToString(
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static long count(String page, String text) {
    Matcher matcher = Pattern.compile(Pattern.quote(text), Pattern.CASE_INSENSITIVE).matcher(page);
    return matcher.results().count();
  }
}
