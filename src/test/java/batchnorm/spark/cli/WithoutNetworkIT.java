package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands run where the loopback interface is the only network. */
class WithoutNetworkIT {
  /** Runs its arguments in a network of their own, which Linux allows in most containers. */
  private static final List<String> WITHOUT_NETWORK =
      List.of("unshare", "-rn", "bash", "-c", "ip link set lo up && \"$@\"", "bash");

  @TempDir Path folder;

  @Test
  void commandsNeedNoNetwork() {
    assumeTrue(run("true").exitCode() == 0, "Linux lets nobody here leave the network.");
    // Two lines of headings, and the interface lo.
    assertEquals(3, run("cat", "/proc/net/dev").out().lines().count());
    Path model = folder.resolve("model");
    Path report = folder.resolve("report.html");

    Job fit =
        batchnorm(
            "fit",
            "--input",
            Job.PENGUINS,
            "--columns",
            "*_mm",
            "--handle-invalid",
            "keep",
            "--model",
            model);
    Job page = batchnorm("report", "--input", Job.PENGUINS, "--model", model, "--output", report);

    assertEquals(0, fit.exitCode(), fit.err());
    assertEquals(0, page.exitCode(), page.err());
    assertTrue(Files.exists(report));
  }

  private static Job batchnorm(Object... arguments) {
    List<String> command = new ArrayList<>(List.of(Job.SCRIPT.toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return run(command.toArray(String[]::new));
  }

  private static Job run(String... command) {
    List<String> all = new ArrayList<>(WITHOUT_NETWORK);
    all.addAll(List.of(command));
    return Job.run(new ProcessBuilder(all));
  }
}
