package batchnorm.spark.cli;

import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.errors.ColumnErrors;
import batchnorm.spark.errors.OptionErrors;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Columns of a dataset that a user selects by names and patterns. A name that exists is that
 * column, whatever characters it contains; otherwise it is a pattern and selects the numeric
 * columns that it matches, in their order in the dataset. The weight column and the group columns
 * are never selected.
 */
final class ColumnSelection {
  private final StructType schema;
  private final SchemaLookup lookup;
  private final Set<String> reserved;

  /** Takes the columns that are no features although they may be numbers. */
  ColumnSelection(StructType schema, Collection<String> reserved) {
    this.schema = schema;
    this.reserved = reserved.stream().map(SchemaLookup::key).collect(Collectors.toSet());
    lookup = new SchemaLookup(schema);
  }

  /** Returns the columns that {@code names} select, each once, without those of {@code except}. */
  List<String> named(List<String> names, List<String> except) {
    Set<String> selected = new LinkedHashSet<>();
    for (String name : names) {
      selected.addAll(numbersOrExact(name));
    }
    return without(selected, except);
  }

  /** Returns all columns of a numeric type but those of {@code except}. */
  List<String> allNumeric(List<String> except) {
    return without(fields(this::isNumber), except);
  }

  /** Returns the columns of other types that the user has not named otherwise. */
  List<StructField> notNumeric(List<String> except) {
    Set<String> excluded = new HashSet<>(reserved);
    for (String name : except) {
      lookup
          .find(name)
          .map(column -> Set.of(column.name()))
          .orElseGet(() -> matching(name))
          .forEach(found -> excluded.add(SchemaLookup.key(found)));
    }
    return Arrays.stream(schema.fields())
        .filter(field -> !(field.dataType() instanceof NumericType))
        .filter(field -> !excluded.contains(SchemaLookup.key(field.name())))
        .toList();
  }

  private Set<String> numbersOrExact(String name) {
    Optional<InputColumn> exact = lookup.find(name);
    if (exact.isPresent()) {
      return Set.of(exact.get().name());
    }
    Set<String> matching = matching(name);
    Set<String> numbers = fields(field -> matching.contains(field.name()) && isNumber(field));
    if (numbers.isEmpty()) {
      throw OptionErrors.patternWithoutNumericColumn(name, matching.toArray(String[]::new));
    }
    return numbers;
  }

  private List<String> without(Set<String> selected, List<String> except) {
    for (String name : except) {
      selected.removeAll(
          lookup.find(name).map(field -> Set.of(field.name())).orElseGet(() -> matching(name)));
    }
    if (selected.isEmpty()) {
      throw OptionErrors.nothingSelected(schema.fieldNames());
    }
    return List.copyOf(selected);
  }

  private Set<String> matching(String name) {
    if (!ColumnPattern.isPattern(name)) {
      throw ColumnErrors.missingColumn(name, schema.fieldNames());
    }
    ColumnPattern pattern = new ColumnPattern(SchemaLookup.key(name));
    Set<String> matching = fields(field -> pattern.matches(SchemaLookup.key(field.name())));
    if (matching.isEmpty()) {
      throw OptionErrors.patternWithoutColumn(name, schema.fieldNames());
    }
    return matching;
  }

  private boolean isNumber(StructField field) {
    return field.dataType() instanceof NumericType
        && !reserved.contains(SchemaLookup.key(field.name()));
  }

  private Set<String> fields(Predicate<StructField> accepted) {
    return Arrays.stream(schema.fields())
        .filter(accepted)
        .map(StructField::name)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
