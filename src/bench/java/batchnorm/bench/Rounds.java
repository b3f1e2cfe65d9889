package batchnorm.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the contenders of a case in turn, A B C A B C, so that what else the machine does meets all
 * of them alike.
 */
record Rounds(int warmups, int least, int enough, int most) {
  /** After so many seconds the least number of rounds will do, after a quarter one to warm up. */
  private static final double LONG = 40;

  /** Before so many seconds there are more rounds than enough. */
  private static final double SHORT = 6;

  Result run(Case work) {
    List<Contender> contenders = work.contenders().get();
    long start = System.nanoTime();
    for (int i = 0; i < warmups && since(start) < LONG / 4; i++) {
      round(contenders);
    }
    List<double[]> rounds = new ArrayList<>();
    while (wantsMore(rounds.size(), since(start))) {
      rounds.add(round(contenders));
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    for (int k = 0; k < contenders.size(); k++) {
      int contender = k;
      medians.put(
          contenders.get(k).name(),
          median(rounds.stream().mapToDouble(round -> round[contender]).toArray()));
    }
    return new Result(work.title(), rounds.size(), medians);
  }

  private boolean wantsMore(int done, double seconds) {
    return done < least || done < enough && seconds < LONG || done < most && seconds < SHORT;
  }

  private static double[] round(List<Contender> contenders) {
    return contenders.stream().mapToDouble(Rounds::seconds).toArray();
  }

  private static double seconds(Contender contender) {
    long start = System.nanoTime();
    contender.work().run();
    return since(start);
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    int half = values.length / 2;
    return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  }
}
