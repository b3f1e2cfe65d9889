package batchnorm.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Headless Chromium, by the W3C WebDriver protocol that chromedriver speaks: a few requests of
 * JSON, for which no library need be on the path of Spark's tests.
 */
final class Browser implements AutoCloseable {
  /** WebDriver's code of the key. */
  static final String TAB = "\uE004";

  static final String ENTER = "\uE007";
  static final String SPACE = " ";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");

  private final Process driver;
  private final HttpClient client = HttpClient.newHttpClient();
  private final String address;
  private final String session;

  private Browser(Process driver, int port, Path chromium) {
    this.driver = driver;
    address = "http://127.0.0.1:" + port;
    ObjectNode options = JSON.createObjectNode();
    options.put("binary", chromium.toString());
    ArrayNode arguments = options.putArray("args");
    Stream.of("--headless=new", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage")
        .forEach(arguments::add);
    if (System.getProperty("user.name").equals("root")) {
      arguments.add("--no-sandbox");
    }
    ObjectNode capabilities = JSON.createObjectNode();
    ObjectNode wanted = capabilities.putObject("capabilities").putObject("alwaysMatch");
    wanted.set("goog:chromeOptions", options);
    wanted.putObject("goog:loggingPrefs").put("performance", "ALL").put("browser", "ALL");
    session = "/session/" + request("POST", "/session", capabilities).get("sessionId").textValue();
  }

  /** Starts Chromium if it and its driver are installed. */
  static Optional<Browser> start() throws IOException {
    Optional<Path> chromium = onPath("chromium").or(() -> onPath("google-chrome"));
    Optional<Path> driver = onPath("chromedriver");
    if (chromium.isEmpty() || driver.isEmpty()) {
      return Optional.empty();
    }
    Process process =
        new ProcessBuilder(driver.get().toString(), "--port=0").redirectErrorStream(true).start();
    try {
      return Optional.of(new Browser(process, port(process.inputReader()), chromium.get()));
    } catch (RuntimeException | IOException e) {
      process.destroy();
      throw e;
    }
  }

  private static Optional<Path> onPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static int port(BufferedReader output) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher started = STARTED.matcher(line);
      if (started.find()) {
        return Integer.parseInt(started.group(1));
      }
      lines.add(line);
    }
    throw new IOException("chromedriver did not start: " + lines);
  }

  /** Sets the size of the window's content, in CSS pixels. */
  void resize(int width, int height) {
    ObjectNode size = JSON.createObjectNode();
    size.put("width", width).put("height", height).put("deviceScaleFactor", 1);
    size.put("mobile", false);
    devtools("Emulation.setDeviceMetricsOverride", size);
  }

  /** Sets what the user prefers: a light or a dark page, and no movement. */
  void prefer(String scheme) {
    ObjectNode media = JSON.createObjectNode();
    ArrayNode features = media.putArray("features");
    features.addObject().put("name", "prefers-color-scheme").put("value", scheme);
    features.addObject().put("name", "prefers-reduced-motion").put("value", "reduce");
    devtools("Emulation.setEmulatedMedia", media);
  }

  void open(Path page) {
    request("POST", session + "/url", JSON.createObjectNode().put("url", page.toUri().toString()));
  }

  /** Runs a script, which returns what it {@code return}s. */
  JsonNode run(String script) {
    ObjectNode body = JSON.createObjectNode().put("script", script);
    body.putArray("args");
    return request("POST", session + "/execute/sync", body);
  }

  /** Runs a script that calls the function {@code done} with what it returns. */
  JsonNode runAsync(String script) {
    ObjectNode body =
        JSON.createObjectNode()
            .put("script", "const done = arguments[arguments.length - 1];" + script);
    body.putArray("args");
    return request("POST", session + "/execute/async", body);
  }

  /** Presses keys one after the other, wherever the focus is. */
  void press(String keys) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode keyboard = body.putArray("actions").addObject().put("type", "key").put("id", "keys");
    ArrayNode actions = keyboard.putArray("actions");
    keys.codePoints()
        .mapToObj(Character::toString)
        .forEach(
            key -> {
              actions.addObject().put("type", "keyDown").put("value", key);
              actions.addObject().put("type", "keyUp").put("value", key);
            });
    request("POST", session + "/actions", body);
  }

  /** Returns the log of Chromium since the last call: {@code browser} or {@code performance}. */
  List<String> log(String kind) {
    List<String> messages = new ArrayList<>();
    request("POST", session + "/se/log", JSON.createObjectNode().put("type", kind))
        .forEach(entry -> messages.add(entry.get("message").textValue()));
    return messages;
  }

  /** Writes a picture of what is seen. */
  void screenshot(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    String picture = request("GET", session + "/screenshot", null).textValue();
    Files.write(file, Base64.getDecoder().decode(picture));
  }

  private void devtools(String command, ObjectNode parameters) {
    ObjectNode body = JSON.createObjectNode().put("cmd", command);
    body.set("params", parameters);
    request("POST", session + "/goog/cdp/execute", body);
  }

  private JsonNode request(String method, String path, JsonNode body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode value = JSON.readTree(response.body()).get("value");
      if (response.statusCode() != 200) {
        throw new IllegalStateException(value.toString());
      }
      return value;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      request("DELETE", session, null);
    } finally {
      driver.destroy();
    }
  }
}
