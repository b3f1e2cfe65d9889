package batchnorm.spark;

import java.util.Optional;

/**
 * Fit on a table that is followed, see {@link BatchNorm#followTable}.
 *
 * @param model the model of the table, as it was saved
 * @param files the number of files of the table
 * @param read the number of those that were read
 * @param takenOut the number of files whose sums were taken out, as they were removed or replaced
 * @param anew the reason for which all files were read again, if there was one
 */
public record TableFit(
    BatchNormModel model, int files, int read, int takenOut, Optional<String> anew) {}
