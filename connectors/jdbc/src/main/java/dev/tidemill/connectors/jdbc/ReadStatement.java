package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The SELECT that reads a split: columns, conditions, limit. */
final class ReadStatement {
  /** Longer lists are looked through here: databases have a most number of parameters. */
  private static final int MOST_VALUES = 1000;

  private final Dialect dialect;
  private final Target target;
  private final StringBuilder conditions = new StringBuilder();
  private final List<Bound> bound = new ArrayList<>();
  private final List<JdbcColumn> columns = new ArrayList<>();

  /** A value for a parameter. */
  private record Bound(JdbcColumn column, Object value) {}

  ReadStatement(Dialect dialect, Target target, List<String> names) {
    this.dialect = dialect;
    this.target = target;
    for (String name : names) {
      columns.add(target.columns().get(target.indexOf(name)));
    }
  }

  /** What the database does with a filter. */
  static FilterSupport support(Target target, ColumnFilter filter) {
    int index = target.indexOf(filter.column());
    if (index < 0) {
      return FilterSupport.NO;
    }
    FilterRules rules = target.columns().get(index).rules();
    return switch (filter) {
      case ColumnFilter.NullTest test -> FilterSupport.EXACT;
      case ColumnFilter.Opaque opaque -> FilterSupport.NO;
      case ColumnFilter.In in ->
          in.values().size() <= MOST_VALUES
                  && in.values().stream().allMatch(ReadStatement::canBeAsked)
              ? rules.equal()
              : FilterSupport.NO;
      case ColumnFilter.Prefix prefix ->
          canBeAsked(prefix.prefix()) ? rules.prefix() : FilterSupport.NO;
      case ColumnFilter.Range range ->
          canBeAsked(range.low()) && canBeAsked(range.high()) ? rules.order() : FilterSupport.NO;
      case ColumnFilter.Comparison comparison ->
          !canBeAsked(comparison.value())
              ? FilterSupport.NO
              : switch (comparison.operator()) {
                case EQUAL -> rules.equal();
                case NOT_EQUAL -> rules.notEqual();
                case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> rules.order();
              };
    };
  }

  /** Not NaN, of which databases have ideas of their own, nor texts that they do not take. */
  private static boolean canBeAsked(@Nullable Object value) {
    return switch (value) {
      case Double number -> !number.isNaN();
      case Float number -> !number.isNaN();
      case String text -> text.indexOf('\0') < 0;
      case null, default -> true;
    };
  }

  /** Adds the filters that the database takes. */
  ReadStatement where(List<ColumnFilter> filters) {
    for (ColumnFilter filter : filters) {
      if (support(target, filter) != FilterSupport.NO) {
        add(filter);
      }
    }
    return this;
  }

  private void add(ColumnFilter filter) {
    JdbcColumn column = target.columns().get(target.indexOf(filter.column()));
    String name = dialect.quoted(column.actual().name());
    String ordered = name + column.rules().collation();
    switch (filter) {
      case ColumnFilter.NullTest test ->
          condition(name + (test.isNull() ? " IS NULL" : " IS NOT NULL"));
      case ColumnFilter.Comparison comparison -> {
        boolean inOrder =
            switch (comparison.operator()) {
              case EQUAL, NOT_EQUAL -> false;
              case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> true;
            };
        condition((inOrder ? ordered : name) + operator(comparison.operator()) + "?");
        bound.add(new Bound(column, comparison.value()));
      }
      case ColumnFilter.Range range -> {
        bound(column, ordered + (range.lowInclusive() ? " >= ?" : " > ?"), range.low());
        bound(column, ordered + (range.highInclusive() ? " <= ?" : " < ?"), range.high());
      }
      case ColumnFilter.In in when in.values().isEmpty() -> condition("1 = 0");
      case ColumnFilter.In in -> {
        List<String> parameters = new ArrayList<>();
        for (Object value : in.values()) {
          parameters.add("?");
          bound.add(new Bound(column, value));
        }
        condition("%s IN (%s)".formatted(name, String.join(", ", parameters)));
      }
      case ColumnFilter.Prefix prefix -> {
        condition(name + " LIKE ? ESCAPE '!'");
        bound.add(new Bound(column, prefix.prefix().replaceAll("([!%_])", "!$1") + "%"));
      }
      case ColumnFilter.Opaque opaque -> {}
    }
  }

  private void bound(JdbcColumn column, String condition, @Nullable Object value) {
    if (value != null) {
      condition(condition);
      bound.add(new Bound(column, value));
    }
  }

  private static String operator(ColumnFilter.Operator operator) {
    return switch (operator) {
      case EQUAL -> " = ";
      case NOT_EQUAL -> " <> ";
      case LESS -> " < ";
      case LESS_OR_EQUAL -> " <= ";
      case GREATER -> " > ";
      case GREATER_OR_EQUAL -> " >= ";
    };
  }

  private void condition(String condition) {
    conditions.append(conditions.isEmpty() ? " WHERE " : " AND ").append(condition);
  }

  /** Adds what a part of the table is. */
  ReadStatement within(JdbcSplit split) {
    String column = split.column();
    if (column == null) {
      return this;
    }
    String name = dialect.quoted(column);
    String low = split.low() == null ? null : name + " >= " + split.low();
    String high = split.high() == null ? null : name + " < " + split.high();
    if (low == null) {
      condition(high == null ? "1 = 1" : "(%s OR %s IS NULL)".formatted(high, name));
    } else {
      condition(high == null ? low : low + " AND " + high);
    }
    return this;
  }

  /**
   * The text.
   *
   * @param limit rows, or -1 for all
   */
  String sql(long limit) {
    String selected =
        columns.isEmpty()
            ? limit < 0 || !dialect.hasLimit() ? "COUNT(*)" : "1"
            : dialect.list(columns.stream().map(column -> column.actual().name()).toList());
    return "SELECT %s FROM %s%s%s"
        .formatted(
            selected,
            target.sql(),
            conditions,
            limit >= 0 && dialect.hasLimit() ? " LIMIT " + limit : "");
  }

  /** Whether {@link #sql} gives a number of rows in place of the rows. */
  boolean counts(long limit) {
    return columns.isEmpty() && (limit < 0 || !dialect.hasLimit());
  }

  List<JdbcColumn> columns() {
    return columns;
  }

  List<Type> types() {
    return columns.stream().map(JdbcColumn::type).toList();
  }

  void bind(PreparedStatement statement) throws SQLException {
    for (int i = 0; i < bound.size(); i++) {
      Bound each = bound.get(i);
      new ColumnValues(dialect, target.written(), each.column())
          .bind(statement, i + 1, each.value());
    }
  }
}
