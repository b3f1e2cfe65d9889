package batchnorm.spark.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Page of a report: one HTML file that contains its style, script and numbers. Its content security
 * policy allows only the hashes of style and script, so that a browser loads nothing and runs no
 * code in a name.
 */
public final class ReportPage {
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

  private ReportPage() {}

  /** Returns the page, which must be written in UTF-8. */
  public static String of(Report report) {
    String style = resource("page.css");
    String script = resource("page.js");
    return filled(
        resource("page.html"),
        Map.of(
            "title", escaped(report.title()),
            "origin", escaped(report.origin()),
            "styleHash", hash(style),
            "scriptHash", hash(script),
            "style", style,
            "script", script,
            "parameters", parameters(report),
            "notes", notes(report),
            "data", PageData.of(report)));
  }

  /** Inserts the values into the template; placeholders within values are not replaced. */
  private static String filled(String template, Map<String, String> values) {
    return PLACE
        .matcher(template)
        .replaceAll(place -> Matcher.quoteReplacement(values.get(place.group(1))));
  }

  private static String parameters(Report report) {
    return report.parameters().entrySet().stream()
        .map(
            parameter ->
                "<div><dt>"
                    + escaped(parameter.getKey())
                    + "</dt><dd><bdi>"
                    + escaped(parameter.getValue())
                    + "</bdi></dd></div>")
        .collect(Collectors.joining("\n"));
  }

  private static String notes(Report report) {
    return report.notes().stream()
        .map(note -> "<p class=\"note\">" + escaped(note) + "</p>")
        .collect(Collectors.joining("\n"));
  }

  /** Returns {@code text} escaped for HTML, also for an attribute. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
