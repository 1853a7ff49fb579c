package dev.tidemill.engine;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.sql.parser.statement.ColumnDefinition;
import dev.tidemill.sql.parser.statement.Name;
import dev.tidemill.sql.parser.statement.Options;
import dev.tidemill.sql.parser.statement.PrimaryKey;
import dev.tidemill.sql.parser.statement.QualifiedName;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.sql.parser.statement.Watermark;
import dev.tidemill.storage.catalog.TableDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.arrow.vector.types.pojo.Schema;

/** Statements to the definitions that the catalog keeps. */
final class TableDefinitions {
  private static final SourcePosition NOWHERE = new SourcePosition(1, 1);

  private final Planning planning;

  TableDefinitions(Planning planning) {
    this.planning = planning;
  }

  TableDefinition of(Statement.CreateTable create, String name) {
    List<TableDefinition.ColumnDefinition> columns = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (ColumnDefinition column : create.columns()) {
      if (!seen.add(column.name().text().toLowerCase(Locale.ROOT))) {
        throw EngineErrors.duplicateColumn(column.name().text(), column.name().position());
      }
      columns.add(column(column));
    }
    PrimaryKey key = create.primaryKey();
    List<String> keyColumns = new ArrayList<>();
    if (key != null) {
      for (Name column : key.columns()) {
        keyColumns.add(declared(column, columns));
      }
    }
    Watermark watermark = create.watermark();
    Statement.CreateTable canonical =
        new Statement.CreateTable(
            TableStatements.ownName(create.name()),
            false,
            false,
            create.columns(),
            create.watermark(),
            create.primaryKey(),
            create.options());
    return new TableDefinition(
        name,
        columns,
        watermark == null
            ? null
            : new TableDefinition.WatermarkDefinition(
                declared(watermark.column(), columns), watermark.expression().text()),
        keyColumns,
        key != null && key.enforced(),
        options(create.options()),
        canonical.unparse(),
        planning.keptTimeZone());
  }

  /**
   * Checks that a query's columns can be those of a table or file: each with a name of its own, and
   * a type.
   */
  static void requireStorable(List<OutputColumn> query, SourcePosition position) {
    Set<String> seen = new HashSet<>();
    for (OutputColumn column : query) {
      if (!seen.add(column.name().toLowerCase(Locale.ROOT))) {
        throw EngineErrors.duplicateResultColumn(column.name(), position);
      }
      if (column.type() instanceof Type.Null) {
        throw EngineErrors.untypedColumn(column.name(), position);
      }
    }
  }

  /** Of CREATE TABLE AS: the query's columns. */
  TableDefinition of(Statement.CreateTableAs create, String name, List<OutputColumn> query) {
    requireStorable(query, create.query().position());
    List<TableDefinition.ColumnDefinition> columns = new ArrayList<>();
    for (OutputColumn column : query) {
      columns.add(
          new TableDefinition.ColumnDefinition(
              column.name(), column.type(), column.nullable(), null));
    }
    return new TableDefinition(
        name,
        columns,
        null,
        List.of(),
        false,
        options(create.options()),
        canonical(create).unparse());
  }

  static Statement.CreateTableAs canonical(Statement.CreateTableAs create) {
    return new Statement.CreateTableAs(
        TableStatements.ownName(create.name()), false, false, create.options(), create.query());
  }

  /**
   * A table with one more column; one whose columns were inferred has them declared from then on.
   */
  TableDefinition withColumn(TableDefinition table, ColumnDefinition added, Schema stored) {
    List<ColumnDefinition> columns = new ArrayList<>();
    if (table.columns().isEmpty()) {
      for (OutputColumn column : ResultColumns.of(stored)) {
        columns.add(physical(column.name(), column.type(), column.nullable()));
      }
    }
    for (TableDefinition.ColumnDefinition column : table.columns()) {
      String computed = column.computed();
      Type type = column.type();
      if (computed != null) {
        columns.add(
            new ColumnDefinition.Computed(
                name(column.name()), StatementParser.parseExpression(computed)));
      } else if (type != null) {
        columns.add(physical(column.name(), type, column.nullable()));
      }
    }
    columns.add(added);
    TableDefinition.WatermarkDefinition watermark = table.watermark();
    PrimaryKey key =
        table.primaryKey().isEmpty()
            ? null
            : new PrimaryKey(
                table.primaryKey().stream().map(TableDefinitions::name).toList(),
                table.keyEnforced());
    return of(
            new Statement.CreateTable(
                new QualifiedName(List.of(name(table.name()))),
                false,
                false,
                columns,
                watermark == null
                    ? null
                    : new Watermark(
                        name(watermark.column()),
                        StatementParser.parseExpression(watermark.expression())),
                key,
                new Options(new TreeMap<>(table.options()), Map.of())),
            table.name())
        .in(table.timeZone());
  }

  private TableDefinition.ColumnDefinition column(ColumnDefinition column) {
    return switch (column) {
      case ColumnDefinition.Physical physical ->
          new TableDefinition.ColumnDefinition(
              physical.name().text(), planning.type(physical.type()), !physical.notNull(), null);
      case ColumnDefinition.Computed computed ->
          new TableDefinition.ColumnDefinition(
              computed.name().text(), null, true, computed.expression().text());
    };
  }

  /**
   * The column as it was declared. Where none are, the connector infers them: the name is taken as
   * it is.
   */
  private static String declared(Name name, List<TableDefinition.ColumnDefinition> columns) {
    for (TableDefinition.ColumnDefinition column : columns) {
      if (column.name().equalsIgnoreCase(name.text())) {
        return column.name();
      }
    }
    throw EngineErrors.noSuchColumn(
        name.text(),
        columns.stream().map(TableDefinition.ColumnDefinition::name).toList(),
        name.position());
  }

  /** Keys in lower case. */
  static Map<String, String> options(Options options) {
    Map<String, String> folded = new LinkedHashMap<>();
    options
        .values()
        .forEach(
            (key, value) -> {
              if (folded.put(key.toLowerCase(Locale.ROOT), value) != null) {
                throw EngineErrors.optionTwice(key, options.position(key));
              }
            });
    return folded;
  }

  private static ColumnDefinition.Physical physical(String column, Type type, boolean nullable) {
    return new ColumnDefinition.Physical(
        name(column), StatementParser.parseType(type.sql()), !nullable);
  }

  private static Name name(String text) {
    return new Name(text, NOWHERE);
  }
}
