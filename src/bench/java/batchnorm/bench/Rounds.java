package batchnorm.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the contenders of a case in turn, A B C A B C, so that what else the machine does meets all
 * of them alike.
 *
 * @param warmUp the rounds that do not count, after a first one
 * @param memory the runs of each contender whose memory is measured; short ones are repeated, so
 *     that collections meet all of their work
 */
record Rounds(Span warmUp, Span measured, Span memory) {
  /** Whose memory is measured: those that do the same work on the same heap. */
  private static final List<String> REMEMBERED = List.of(Contender.OURS, Contender.STANDARD_SCALER);

  /** How many rounds there are: enough to fill so many seconds, within bounds. */
  record Span(int least, int most, double seconds) {
    static final Span NONE = new Span(0, 0, 0);
    static final Span ONE = new Span(1, 1, 0);

    private boolean wantsMore(int done, double elapsed) {
      return done < least || done < most && elapsed < seconds;
    }
  }

  /** Of a whole job: dozens where it takes a fraction of a second. */
  static Rounds ofJob() {
    return new Rounds(new Span(1, 40, 8), new Span(5, 41, 15), new Span(1, 20, 2));
  }

  /** Of one point of a curve. */
  static Rounds ofPoint() {
    return new Rounds(new Span(0, 10, 3), new Span(3, 15, 8), new Span(1, 20, 2));
  }

  /** To see that everything runs. */
  static Rounds quick() {
    return new Rounds(Span.NONE, Span.ONE, Span.ONE);
  }

  Result run(Case work) {
    List<Contender> contenders = work.contenders().get();
    long start = System.nanoTime();
    requireAgreement(work, contenders);
    rounds(warmUp, contenders, start);
    List<double[]> rounds = rounds(measured, contenders, System.nanoTime());
    Map<String, Double> medians = new LinkedHashMap<>();
    for (int k = 0; k < contenders.size(); k++) {
      int contender = k;
      medians.put(
          contenders.get(k).name(),
          median(rounds.stream().mapToDouble(round -> round[contender]).toArray()));
    }
    return new Result(work.title(), rounds.size(), medians, peaks(contenders));
  }

  /** The first round to warm up. */
  private static void requireAgreement(Case work, List<Contender> contenders) {
    Map<String, Statistics> statistics = new LinkedHashMap<>();
    contenders.forEach(contender -> statistics.put(contender.name(), contender.work().get()));
    Statistics ours = statistics.get(Contender.OURS);
    statistics.forEach((name, theirs) -> ours.requireClose(theirs, work.title() + ", " + name));
  }

  private static List<double[]> rounds(Span span, List<Contender> contenders, long start) {
    List<double[]> rounds = new ArrayList<>();
    while (span.wantsMore(rounds.size(), since(start))) {
      rounds.add(contenders.stream().mapToDouble(Rounds::seconds).toArray());
    }
    return rounds;
  }

  private Map<String, Long> peaks(List<Contender> contenders) {
    Map<String, Long> bytes = new LinkedHashMap<>();
    for (Contender contender : contenders) {
      if (REMEMBERED.contains(contender.name())) {
        bytes.put(contender.name(), peak(contender));
      }
    }
    return bytes;
  }

  private long peak(Contender contender) {
    long peak = 0;
    long start = System.nanoTime();
    for (int runs = 0; memory.wantsMore(runs, since(start)); runs++) {
      peak = Math.max(peak, PeakMemory.of(contender.work()::get));
    }
    return peak;
  }

  private static double seconds(Contender contender) {
    long start = System.nanoTime();
    contender.work().get();
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
