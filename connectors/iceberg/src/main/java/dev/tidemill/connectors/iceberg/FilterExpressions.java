package dev.tidemill.connectors.iceberg;

import dev.tidemill.storage.table.ColumnFilter;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Filters as Iceberg has them, as far as both order values alike. Every row that passes the filters
 * passes the expression.
 */
final class FilterExpressions {
  private FilterExpressions() {}

  /**
   * @param schema of the snapshot that is read, whose names of the columns count
   */
  static Expression of(List<ColumnFilter> filters, List<IcebergColumn> columns, Schema schema) {
    Expression all = Expressions.alwaysTrue();
    for (ColumnFilter filter : filters) {
      for (IcebergColumn column : columns) {
        if (column.name().equals(filter.column())) {
          Expression one = of(filter, column, schema);
          all = one == null ? all : Expressions.and(all, one);
        }
      }
    }
    return all;
  }

  private static @Nullable Expression of(ColumnFilter filter, IcebergColumn column, Schema schema) {
    Types.NestedField field = schema.findField(column.field().fieldId());
    if (field == null || field.name().contains(".") || !isOrderedAlike(field.type())) {
      return null;
    }
    String name = field.name();
    return switch (filter) {
      case ColumnFilter.Comparison comparison ->
          comparison(name, comparison.operator(), literal(field, comparison.value()));
      case ColumnFilter.Range range -> range(name, field, range);
      case ColumnFilter.In in -> in(name, field, in);
      // A column that was added later is NULL in older files, or has its default.
      case ColumnFilter.NullTest test -> null;
      case ColumnFilter.Prefix prefix ->
          field.type().typeId() == org.apache.iceberg.types.Type.TypeID.STRING
              ? Expressions.startsWith(name, prefix.prefix())
              : null;
      case ColumnFilter.Opaque opaque -> null;
    };
  }

  /** NaN is greater than every number here, and in no bounds there; bytes are left alone. */
  private static boolean isOrderedAlike(org.apache.iceberg.types.Type type) {
    return switch (type.typeId()) {
      case INTEGER, LONG, DECIMAL, STRING, DATE, TIME, TIMESTAMP, TIMESTAMP_NANO -> true;
      case BOOLEAN,
          FLOAT,
          DOUBLE,
          UUID,
          FIXED,
          BINARY,
          STRUCT,
          LIST,
          MAP,
          VARIANT,
          GEOMETRY,
          GEOGRAPHY,
          UNKNOWN ->
          false;
    };
  }

  private static @Nullable Object literal(Types.NestedField field, Object value) {
    return IcebergValues.written(field.type(), value);
  }

  private static @Nullable Expression comparison(
      String name, ColumnFilter.Operator operator, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (operator) {
      case EQUAL -> Expressions.equal(name, value);
      case LESS -> Expressions.lessThan(name, value);
      case LESS_OR_EQUAL -> Expressions.lessThanOrEqual(name, value);
      case GREATER -> Expressions.greaterThan(name, value);
      case GREATER_OR_EQUAL -> Expressions.greaterThanOrEqual(name, value);
      case NOT_EQUAL -> null;
    };
  }

  private static @Nullable Expression range(
      String name, Types.NestedField field, ColumnFilter.Range range) {
    Object low = range.low() == null ? null : literal(field, range.low());
    Object high = range.high() == null ? null : literal(field, range.high());
    Expression above =
        low == null
            ? Expressions.alwaysTrue()
            : range.lowInclusive()
                ? Expressions.greaterThanOrEqual(name, low)
                : Expressions.greaterThan(name, low);
    Expression below =
        high == null
            ? Expressions.alwaysTrue()
            : range.highInclusive()
                ? Expressions.lessThanOrEqual(name, high)
                : Expressions.lessThan(name, high);
    return Expressions.and(above, below);
  }

  private static @Nullable Expression in(String name, Types.NestedField field, ColumnFilter.In in) {
    List<Object> values = new ArrayList<>();
    for (Object value : in.values()) {
      Object literal = literal(field, value);
      if (literal == null) {
        return null;
      }
      values.add(literal);
    }
    return values.isEmpty() ? null : Expressions.in(name, values);
  }
}
