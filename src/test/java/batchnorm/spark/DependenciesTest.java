package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Documentation;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The page of dependencies has each dependency and plugin of pom.xml, with its version. */
class DependenciesTest {
  private static final Pattern PROPERTY = Pattern.compile("\\$\\{([^}]+)}");
  private static final Pattern ROW =
      Pattern.compile("^\\| `([^`]+)` \\| (\\d\\S*) \\| (\\S[^|]*) \\| (\\S[^|]*) \\|$");

  private static final Map<String, String> PROPERTIES = new HashMap<>();

  /** Versions that are managed apart from the dependency. */
  private static final Map<String, String> MANAGED = new HashMap<>();

  private static Document pom;

  @BeforeAll
  static void readPom() throws Exception {
    pom = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse("pom.xml");
    // Those of the build for Spark 4 come first, and stay.
    for (Element properties : elements("properties")) {
      for (Element property : children(properties)) {
        PROPERTIES.putIfAbsent(property.getTagName(), property.getTextContent().strip());
      }
    }
    for (Element managed : elements("dependencyManagement")) {
      for (Element dependency : descendants(managed, "dependency")) {
        MANAGED.putIfAbsent(text(dependency, "artifactId"), text(dependency, "version"));
      }
    }
    MANAGED.put("junit-jupiter", MANAGED.get("junit-bom"));
  }

  @Test
  void everyDependencyAndPluginIsThereWithItsVersion() {
    assertEquals(ofPom(), ofPage());
  }

  private static Map<String, String> ofPom() {
    Map<String, String> versions = new TreeMap<>();
    for (String kind : List.of("dependency", "plugin")) {
      for (Element element : elements(kind)) {
        String name = text(element, "artifactId");
        String version = text(element, "version");
        boolean isManaged = version.isEmpty() && !MANAGED.containsKey(name);
        // What a profile adds to a plugin of the build has no version.
        if (!isIn(element, "dependencyManagement") && !isManaged) {
          versions.put(name, version.isEmpty() ? MANAGED.get(name) : version);
        }
      }
    }
    assertTrue(versions.containsKey("picocli"), versions.toString());
    return versions;
  }

  private static Map<String, String> ofPage() {
    Map<String, String> versions = new TreeMap<>();
    Documentation.text(Path.of("src", "docs", "dependencies.md"))
        .lines()
        .map(ROW::matcher)
        .filter(Matcher::matches)
        .forEach(row -> versions.put(row.group(1), row.group(2)));
    return versions;
  }

  private static boolean isIn(Node node, String ancestor) {
    for (Node up = node.getParentNode(); up != null; up = up.getParentNode()) {
      if (up.getNodeName().equals(ancestor)) {
        return true;
      }
    }
    return false;
  }

  private static List<Element> elements(String name) {
    return descendants(pom.getDocumentElement(), name);
  }

  private static List<Element> descendants(Element parent, String name) {
    return list(parent.getElementsByTagName(name));
  }

  private static List<Element> children(Element parent) {
    return list(parent.getChildNodes());
  }

  private static List<Element> list(NodeList nodes) {
    return IntStream.range(0, nodes.getLength())
        .mapToObj(nodes::item)
        .filter(Element.class::isInstance)
        .map(Element.class::cast)
        .toList();
  }

  /** Returns the text of a child with the values of properties, or the empty text. */
  private static String text(Element parent, String child) {
    return children(parent).stream()
        .filter(element -> element.getTagName().equals(child))
        .map(element -> resolved(element.getTextContent().strip()))
        .findFirst()
        .orElse("");
  }

  private static String resolved(String text) {
    String value =
        PROPERTY
            .matcher(text)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(
                        PROPERTIES.getOrDefault(found.group(1), "?" + found.group(1))));
    return value.equals(text) ? text : resolved(value);
  }
}
