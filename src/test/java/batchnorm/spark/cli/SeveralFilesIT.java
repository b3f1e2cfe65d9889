package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeveralFilesIT {
  @TempDir Path folder;

  @Test
  void filesAreOneDatasetAndNamesMayHaveDotsAndSpaces() throws IOException {
    Path first = folder.resolve("first part.csv");
    Path second = folder.resolve("second part.csv");
    Files.writeString(first, "id,sensor.1 (mV),sensor.2 (mV),off\n1,0,5,7\n2,2,5,7\n");
    Files.writeString(second, "id,sensor.1 (mV),sensor.2 (mV),off\n3,4,5,7\n4,6,5,7\n");
    Path output = folder.resolve("out.csv");
    Job job =
        Job.run(
            "fit-transform",
            "--input",
            first,
            second,
            "--columns",
            "sensor.*,off",
            "--suffix",
            " norm",
            "--eps",
            "0",
            "--correction",
            "1",
            "--gamma",
            "3,1,1",
            "--beta",
            "1,-1,0",
            "--output",
            output);
    assertEquals(0, job.exitCode(), job.err());
    // Mean 3, sample variance 20 / 3, hence y = 3 (x - 3) / 2.58199 + 1.
    assertEquals(
        """
        name           count  missing  mean before  std before  mean after  std after  note
        sensor.1 (mV)      4        0            3     2.58199           1          3
        sensor.2 (mV)      4        0            5           0          -1          0  constant
        off                4        0            7           0           0          0  constant
        """,
        job.out());
    List<String[]> rows = Job.readCsv(output);
    assertArrayEquals(
        new String[] {
          "id",
          "sensor.1 (mV)",
          "sensor.2 (mV)",
          "off",
          "sensor.1 (mV) norm",
          "sensor.2 (mV) norm",
          "off norm"
        },
        rows.get(0));
    String[] fourth = rows.stream().skip(1).max(Comparator.comparing(row -> row[0])).orElseThrow();
    assertEquals("6", fourth[1]);
    assertEquals(3 * 3 / Math.sqrt(20.0 / 3) + 1, Double.parseDouble(fourth[4]), 1e-15 * 8);
    assertEquals("-1.0", fourth[5]);
    assertEquals("0.0", fourth[6]);
  }
}
