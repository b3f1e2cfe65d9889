package batchnorm.bench;

import batchnorm.bench.Result.Time;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the contenders of a case in turn, A B C A B C, so that what else the machine does meets all
 * of them alike.
 *
 * @param warmUp the runs of each contender before: as long for all, so that short ones are
 *     compiled, too
 * @param memory the runs of each contender whose memory is measured; short ones are repeated, so
 *     that collections meet all of their work
 */
record Rounds(Span warmUp, Span measured, Span memory) {
  /** Contenders whose memory is measured: those that do the same work on the same heap. */
  private static final List<String> REMEMBERED = List.of(Contender.OURS, Contender.STANDARD_SCALER);

  /** Number of rounds, within bounds, and the seconds that they should fill. */
  record Span(int least, int most, double seconds) {
    static final Span NONE = new Span(0, 0, 0);
    static final Span ONE = new Span(1, 1, 0);

    private boolean wantsMore(int done, double elapsed) {
      return done < least || done < most && elapsed < seconds;
    }
  }

  /** A contender that fails is left out of the rounds. */
  Result run(Case work, Workbench bench) {
    Map<String, String> failures = new LinkedHashMap<>();
    List<Contender> contenders = agreeing(work.contenders().apply(bench), failures);
    List<double[]> rounds = rounds(contenders);
    return new Result(
        work.name(),
        work.title(),
        bench.rows(),
        rounds.size(),
        times(contenders, rounds),
        peaks(contenders),
        failures);
  }

  /** Warms up; returns those that compute what ours computes, or nothing. */
  private List<Contender> agreeing(List<Contender> contenders, Map<String, String> failures) {
    List<Contender> agreeing = new ArrayList<>();
    Statistics ours = Statistics.NONE;
    for (Contender contender : contenders) {
      try {
        long start = System.nanoTime();
        Statistics statistics = contender.work().get();
        ours.requireClose(statistics);
        for (int runs = 1; warmUp.wantsMore(runs, since(start)); runs++) {
          contender.work().get();
        }
        ours = contender.name().equals(Contender.OURS) ? statistics : ours;
        agreeing.add(contender);
      } catch (Exception | LinkageError e) {
        failures.put(contender.name(), Result.text(e));
      }
    }
    return agreeing;
  }

  private List<double[]> rounds(List<Contender> contenders) {
    List<double[]> rounds = new ArrayList<>();
    long start = System.nanoTime();
    while (measured.wantsMore(rounds.size(), since(start))) {
      rounds.add(contenders.stream().mapToDouble(Rounds::seconds).toArray());
    }
    return rounds;
  }

  private static Map<String, Time> times(List<Contender> contenders, List<double[]> rounds) {
    List<String> names = contenders.stream().map(Contender::name).toList();
    int ours = names.indexOf(Contender.OURS);
    Map<String, Time> times = new LinkedHashMap<>();
    for (int k = 0; k < names.size(); k++) {
      int contender = k;
      double[] sorted = rounds.stream().mapToDouble(round -> round[contender]).sorted().toArray();
      double[] ratios =
          rounds.stream()
              .mapToDouble(round -> ours < 0 ? Double.NaN : round[contender] / round[ours])
              .sorted()
              .toArray();
      times.put(names.get(k), new Time(median(sorted), sorted[0], median(ratios)));
    }
    return times;
  }

  private Map<String, Long> peaks(List<Contender> contenders) {
    Map<String, Long> bytes = new LinkedHashMap<>();
    for (Contender contender : contenders) {
      if (REMEMBERED.contains(contender.name()) && memory.most() > 0) {
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

  private static double median(double[] sorted) {
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
