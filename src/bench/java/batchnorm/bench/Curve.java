package batchnorm.bench;

import java.util.List;

/**
 * The same work at growing sizes.
 *
 * @param name what it is called on the command line
 * @param title what stands above its table
 * @param axis what grows
 */
record Curve(String name, String title, String axis, List<Case> points) {}
