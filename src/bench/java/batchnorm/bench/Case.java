package batchnorm.bench;

import java.util.List;
import java.util.function.Supplier;

/**
 * A piece of work that is done in several ways.
 *
 * @param name what it is called on the command line
 * @param title what it is called in the table
 * @param contenders makes or finds the data; asked for just before they run
 */
record Case(String name, String title, Supplier<List<Contender>> contenders) {}
