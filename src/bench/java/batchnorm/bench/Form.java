package batchnorm.bench;

import batchnorm.bench.Rounds.Span;

/** The forms that a run can have: how much data, and how long it is measured. */
enum Form {
  /** All rows, and dozens of rounds where one takes a fraction of a second. */
  FULL("", 1, new Rounds(new Span(2, 40, 2), new Span(5, 41, 15), new Span(1, 20, 2)), 2, 300),
  /** All cases in a quarter of an hour. */
  SHORT("--short", 0.1, new Rounds(new Span(1, 20, 0.7), new Span(3, 21, 1.5), Span.NONE), 1, 150),
  /** Smallest form, to check that everything runs. */
  QUICK("--quick", 0.02, new Rounds(Span.ONE, Span.ONE, Span.NONE), 1, 20);

  private final String option;
  private final double fraction;
  private final Rounds rounds;
  private final int kernelForks;
  private final int kernelMillis;

  Form(String option, double fraction, Rounds rounds, int kernelForks, int kernelMillis) {
    this.option = option;
    this.fraction = fraction;
    this.rounds = rounds;
    this.kernelForks = kernelForks;
    this.kernelMillis = kernelMillis;
  }

  /** The option on the command line; none for the full form. */
  String option() {
    return option;
  }

  /** The part of the rows, unless another is asked for. */
  double fraction() {
    return fraction;
  }

  Rounds rounds() {
    return rounds;
  }

  /** The number of JVMs that measure a kernel. */
  int kernelForks() {
    return kernelForks;
  }

  /** The time of an iteration of a kernel. */
  int kernelMillis() {
    return kernelMillis;
  }
}
