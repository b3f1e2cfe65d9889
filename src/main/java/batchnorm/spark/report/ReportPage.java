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
 * The page of a report: one HTML file that holds its style, its script and its numbers. Its content
 * security policy names the hashes of the two and allows nothing else, so that a browser neither
 * loads anything nor runs what a name might smuggle in.
 */
public final class ReportPage {
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

  private ReportPage() {}

  /** Returns the page, which is to be written in UTF-8. */
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

  /** Puts the values in their places; what is put there is not looked at again. */
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

  /** Returns {@code text} as it must stand in HTML, in an attribute too, to be nothing but text. */
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
