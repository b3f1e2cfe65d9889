package batchnorm.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Arguments of a run.
 *
 * @param fraction the part of the rows of the full form
 * @param names the cases; none stands for all
 */
record Arguments(Form form, double fraction, boolean write, List<String> names) {
  /** Cases have at least so many rows, unless their full form has fewer. */
  private static final int LEAST_ROWS = 100;

  /** Reads what {@code scripts/bench} takes; ends the process where that is something else. */
  static Arguments parse(String... args) {
    Form form = Form.FULL;
    double fraction = Double.NaN;
    boolean write = false;
    List<String> names = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      String argument = args[i];
      if (argument.equals(Form.SHORT.option())) {
        form = Form.SHORT;
      } else if (argument.equals(Form.QUICK.option())) {
        form = Form.QUICK;
      } else if (argument.equals("--write")) {
        write = true;
      } else if (argument.equals("--fraction") && i + 1 < args.length) {
        fraction = fraction(args[++i]);
      } else if (argument.startsWith("--")) {
        throw exit("no option " + argument);
      } else {
        names.add(argument);
      }
    }
    return new Arguments(form, Double.isNaN(fraction) ? form.fraction() : fraction, write, names);
  }

  /** Returns the cases that are asked for, in the order of asking. */
  List<Case> of(List<Case> all) {
    if (names.isEmpty()) {
      return all;
    }
    List<Case> asked = new ArrayList<>();
    for (String name : names) {
      List<Case> named = all.stream().filter(one -> one.isNamed(name)).toList();
      if (named.isEmpty() && !name.equals(KernelRuns.NAME)) {
        throw exit("no case '" + name + "'; there are " + all.stream().map(Case::name).toList());
      }
      asked.addAll(named);
    }
    return asked;
  }

  boolean asksForKernel() {
    return names.isEmpty() || names.contains(KernelRuns.NAME);
  }

  int rows(Case work) {
    return (int) Math.max(work.rows() * fraction, Math.min(work.rows(), LEAST_ROWS));
  }

  private static double fraction(String text) {
    try {
      double fraction = Double.parseDouble(text);
      if (fraction > 0 && fraction <= 1) {
        return fraction;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw exit("--fraction takes a number above 0 and up to 1, not " + text);
  }

  private static IllegalArgumentException exit(String message) {
    System.err.println("bench: " + message);
    System.exit(2);
    return new IllegalArgumentException(message);
  }
}
