package batchnorm.spark.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Numbers of a page as one JSON object with an array for each column, for page.js. NaN, infinite
 * numbers and integers beyond JavaScript's precision are strings.
 */
final class PageData {
  /** 2^53: JavaScript represents every integer up to here. */
  private static final long EXACT = 1L << 53;

  private final StringWriter text = new StringWriter();
  private final JsonGenerator json;

  private PageData() throws IOException {
    json = new JsonFactory().createGenerator(text);
  }

  /**
   * Returns the object. It contains no {@code <}, so that no name of a feature can end the
   * enclosing element.
   */
  static String of(Report report) {
    try {
      PageData data = new PageData();
      data.write(report);
      return data.text.toString().replace("<", "\\u003c");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(Report report) throws IOException {
    json.writeStartObject();
    json.writeBooleanField("counted", report.counted());
    write(report.totals());
    List<Feature> features = report.features();
    json.writeObjectFieldStart("features");
    strings("name", features, Feature::name);
    longs("count", features, Feature::count);
    longs("missing", features, Feature::missing);
    doubles("mean", features, Feature::mean);
    doubles("variance", features, Feature::variance);
    doubles("std", features, Feature::std);
    doubles("min", features, Feature::min);
    doubles("max", features, Feature::max);
    longs("flags", features, feature -> bits(feature.flags()));
    doubles("stdAfter", features, Feature::stdAfter);
    json.writeEndObject();
    json.writeArrayFieldStart("flags");
    for (Flag flag : Flag.values()) {
      json.writeStartObject();
      if (flag == Flag.SMALLER_THAN_EPS) {
        json.writeStringField("measure", "stdAfter");
      }
      json.writeStringField("label", flag.label());
      json.writeStringField("definition", flag.definition());
      json.writeEndObject();
    }
    json.writeEndArray();
    if (report.comparison().isPresent()) {
      write(report.comparison().get());
    }
    if (report.sample().isPresent()) {
      write(report.sample().get());
    }
    json.writeEndObject();
    json.close();
  }

  private void write(Totals totals) throws IOException {
    json.writeObjectFieldStart("totals");
    json.writeNumberField("features", totals.features());
    json.writeNumberField("flagged", totals.flagged());
    json.writeNumberField("compared", totals.compared());
    json.writeNumberField("moved", totals.moved());
    json.writeNumberField("spreadChanged", totals.spreadChanged());
    json.writeNumberField("beyondRange", totals.beyondRange());
    json.writeNumberField("unknownRange", totals.unknownRange());
    json.writeNumberField("onlyFirst", totals.onlyFirst());
    json.writeNumberField("onlySecond", totals.onlySecond());
    json.writeEndObject();
  }

  private void write(Comparison comparison) throws IOException {
    List<Drift> drifts = comparison.drifts();
    json.writeObjectFieldStart("drift");
    json.writeStringField("first", comparison.first());
    json.writeStringField("second", comparison.second());
    strings("name", drifts, drift -> drift.first().name());
    doubles("difference", drifts, Drift::meanDifference);
    doubles("ratio", drifts, Drift::varianceRatio);
    doubles("firstMean", drifts, drift -> drift.first().mean());
    doubles("firstStd", drifts, drift -> drift.first().std());
    doubles("secondMean", drifts, drift -> drift.second().mean());
    doubles("secondStd", drifts, drift -> drift.second().std());
    doubles("firstMin", drifts, drift -> drift.first().min());
    doubles("firstMax", drifts, drift -> drift.first().max());
    doubles("secondMin", drifts, drift -> drift.second().min());
    doubles("secondMax", drifts, drift -> drift.second().max());
    longs("firstMissing", drifts, drift -> missing(drift.first()));
    longs("secondMissing", drifts, drift -> missing(drift.second()));
    longs("flags", drifts, PageData::bits);
    strings("onlyFirst", comparison.onlyFirst(), name -> name);
    strings("onlySecond", comparison.onlySecond(), name -> name);
    json.writeEndObject();
  }

  /** Returns the missing values of a feature; -1 for known statistics. */
  private static long missing(Feature feature) {
    return feature.isCounted() ? feature.missing() : -1;
  }

  private void write(Sample sample) throws IOException {
    List<Sample.OfFeature> features = sample.features();
    json.writeObjectFieldStart("sample");
    json.writeNumberField("rows", sample.rows());
    write("before", features, Sample.OfFeature::before);
    write("after", features, Sample.OfFeature::after);
    arrays("firstBefore", features, Sample.OfFeature::firstBefore);
    arrays("firstAfter", features, Sample.OfFeature::firstAfter);
    json.writeEndObject();
  }

  private void write(
      String field,
      List<Sample.OfFeature> features,
      Function<Sample.OfFeature, Distribution> distribution)
      throws IOException {
    List<Distribution> distributions = features.stream().map(distribution).toList();
    json.writeObjectFieldStart(field);
    longs("others", distributions, Distribution::others);
    doubles("low", distributions, Distribution::low);
    doubles("high", distributions, Distribution::high);
    arrays("bins", distributions, d -> Arrays.stream(d.bins()).asDoubleStream().toArray());
    arrays("quantiles", distributions, Distribution::quantiles);
    json.writeEndObject();
  }

  private <T> void strings(String field, List<T> from, Function<T, String> value)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (T one : from) {
      json.writeString(value.apply(one));
    }
    json.writeEndArray();
  }

  private <T> void longs(String field, List<T> from, ToLongFunction<T> value) throws IOException {
    json.writeArrayFieldStart(field);
    for (T one : from) {
      long number = value.applyAsLong(one);
      if (number > EXACT) {
        json.writeString(Long.toString(number));
      } else {
        json.writeNumber(number);
      }
    }
    json.writeEndArray();
  }

  private <T> void doubles(String field, List<T> from, ToDoubleFunction<T> value)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (T one : from) {
      write(value.applyAsDouble(one));
    }
    json.writeEndArray();
  }

  private <T> void arrays(String field, List<T> from, Function<T, double[]> values)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (T one : from) {
      json.writeStartArray();
      for (double value : values.apply(one)) {
        write(value);
      }
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void write(double number) throws IOException {
    if (!Double.isFinite(number)) {
      json.writeString(Double.toString(number));
    } else if (number == Math.rint(number) && Math.abs(number) < EXACT && number != 0) {
      json.writeNumber((long) number);
    } else {
      json.writeNumber(number);
    }
  }

  private static long bits(Set<Flag> flags) {
    return flags.stream().mapToLong(flag -> 1L << flag.ordinal()).sum();
  }

  /**
   * Returns flags: 1 if the mean has moved, 2 if the spread has changed, 4 if one side has no
   * values, 8 if the second has values beyond the range of the first.
   */
  private static long bits(Drift drift) {
    return (drift.isMoved() ? 1 : 0)
        + (drift.isSpreadChanged() ? 2 : 0)
        + (drift.isOneSided() ? 4 : 0)
        + (drift.isBeyondRange() ? 8 : 0);
  }
}
