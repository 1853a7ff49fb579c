package dev.tidemill.engine;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.sql.parser.statement.ColumnDefinition;
import dev.tidemill.sql.parser.statement.Name;
import dev.tidemill.sql.parser.statement.QualifiedName;
import dev.tidemill.sql.parser.statement.SqlFragment;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.sql.parser.statement.Watermark;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.ViewDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** CREATE, ALTER, DROP and DESCRIBE of tables and views. */
final class TableStatements {
  private static final List<OutputColumn> DESCRIPTION =
      List.of(
          ResultColumns.text("column_name"),
          ResultColumns.text("type"),
          ResultColumns.flag("nullable"),
          ResultColumns.nullableText("key"),
          ResultColumns.nullableText("extra"));

  private final Session session;
  private final Catalog catalog;
  private final Planning planning;

  TableStatements(Session session) {
    this.session = session;
    this.catalog = session.engine().catalog();
    this.planning = new Planning(session);
  }

  Result create(Statement.CreateTable create) {
    String name = OwnNames.require(create.name(), session.namespace());
    TableDefinition definition = new TableDefinitions(planning).of(create, name);
    return OptionPositions.placing(
        create.options(),
        create.name().position(),
        () -> {
          TableDefinition before = definition(name);
          boolean isNew;
          if (before != null && create.replace() && !before.sql().equals(definition.sql())) {
            dropForReplacement(name, create.name().position());
            isNew = catalog.createTable(definition, false);
          } else {
            isNew = catalog.createTable(definition, create.ifNotExists());
          }
          if (!isNew) {
            return CountResult.done("CREATE TABLE", "table " + name + " is there already");
          }
          try {
            planning.columns(catalog.table(OwnNames.path(name)));
          } catch (TidemillException e) {
            catalog.dropTable(name);
            throw e.at(blamed(create, e));
          } catch (RuntimeException e) {
            catalog.dropTable(name);
            throw e;
          }
          return CountResult.done("CREATE TABLE");
        });
  }

  /** Where the definition was written that the planner's error is about, or null. */
  private static @Nullable SourcePosition blamed(
      Statement.CreateTable create, TidemillException error) {
    for (ColumnDefinition column : create.columns()) {
      if (column instanceof ColumnDefinition.Computed computed
          && error.text().startsWith("in computed column " + computed.name().text() + " ")) {
        return computed.expression().position();
      }
    }
    Watermark watermark = create.watermark();
    return watermark != null && error.text().contains("watermark")
        ? watermark.expression().position()
        : null;
  }

  Result createView(Statement.CreateView create) {
    String name = OwnNames.require(create.name(), session.namespace());
    List<OutputColumn> columns = planning.describe(create.query()).columns();
    if (!create.columns().isEmpty() && create.columns().size() != columns.size()) {
      throw EngineErrors.viewColumnCount(
          create.columns().size(), columns.size(), create.columns().getFirst().position());
    }
    requireDistinct(create.columns());
    if (create.columns().isEmpty()) {
      Set<String> seen = new HashSet<>();
      for (OutputColumn column : columns) {
        if (!seen.add(column.name().toLowerCase(Locale.ROOT))) {
          throw EngineErrors.duplicateResultColumn(column.name(), create.query().position());
        }
      }
    }
    String sql =
        new Statement.CreateView(
                ownName(create.name()), false, false, create.columns(), create.query())
            .unparse();
    ViewDefinition view =
        new ViewDefinition(
            name,
            create.columns().stream().map(Name::text).toList(),
            create.query().text(),
            session.namespace(),
            sql,
            planning.keptTimeZone());
    if (create.replace()
        && catalog.viewDefinitions().stream()
            .anyMatch(v -> isNamed(v.name(), name) && !v.sql().equals(sql))) {
      requireUnread(name, "replaced", create.name().position());
    }
    boolean isNew =
        placing(
            create.name(), () -> catalog.createView(view, create.replace(), create.ifNotExists()));
    return isNew
        ? CountResult.done("CREATE VIEW")
        : CountResult.done("CREATE VIEW", "view " + name + " is there already");
  }

  Result addColumn(Statement.AlterTableAddColumn alter) {
    String name = OwnNames.require(alter.table(), session.namespace());
    SourcePosition position = alter.table().position();
    TableDefinition before = definition(name);
    if (before == null) {
      throw missing("table", name, alter.table());
    }
    requireOwnTable(name, position);
    Name added = alter.column().name();
    CatalogEntry.TableEntry entry = catalog.table(OwnNames.path(name));
    if (planning.columns(entry).stream().anyMatch(column -> isNamed(column.name(), added.text()))) {
      if (alter.ifNotExists()) {
        return CountResult.done("ALTER TABLE", "column " + added.text() + " is there already");
      }
      throw EngineErrors.duplicateColumn(added.text(), added.position());
    }
    requireUnread(name, "altered", position);
    if (alter.column() instanceof ColumnDefinition.Physical physical && physical.notNull()) {
      throw EngineErrors.unsupported(
          "ADD COLUMN with NOT NULL, as rows that are there have no value,", added.position());
    }
    TableDefinition after =
        new TableDefinitions(planning).withColumn(before, alter.column(), entry.table().schema());
    Planning.compile(after, TableRebuild.schema(after));
    new TableRebuild(session).alter(entry, after, position);
    return CountResult.done("ALTER TABLE");
  }

  Result drop(Statement.Drop drop) {
    String name = OwnNames.require(drop.name(), session.namespace());
    boolean table = drop.kind() == Statement.Drop.Kind.TABLE;
    String tag = table ? "DROP TABLE" : "DROP VIEW";
    SourcePosition position = drop.name().position();
    boolean isView =
        catalog.viewDefinitions().stream().anyMatch(view -> isNamed(view.name(), name));
    boolean isTable = definition(name) != null;
    if (!isView && !isTable) {
      if (drop.ifExists()) {
        return CountResult.done(tag, "there is no " + (table ? "table " : "view ") + name);
      }
      throw missing(table ? "table" : "view", name, drop.name());
    }
    if (isTable) {
      requireOwnTable(name, position);
    }
    if (table != isTable) {
      throw isView
          ? EngineErrors.notATable(name, "a view; DROP VIEW drops it", position)
          : EngineErrors.notAView(name, position);
    }
    requireUnread(name, "dropped", position);
    if (table) {
      session.engine().cache().uncache(name);
      catalog.dropTable(name);
    } else {
      catalog.dropView(name);
    }
    return CountResult.done(tag);
  }

  /**
   * CREATE OR REPLACE: the table goes, if there is one; its name must not stand for something else.
   */
  void dropForReplacement(String name, SourcePosition position) {
    if (definition(name) != null) {
      requireOwnTable(name, position);
      requireUnread(name, "replaced", position);
      session.engine().cache().uncache(name);
      catalog.dropTable(name);
    }
  }

  Result describe(Statement.Describe describe) {
    CatalogEntry entry =
        placing(describe.name(), () -> catalog.find(describe.name().names(), session.namespace()));
    if (entry == null) {
      throw missing("table or view", describe.name().last().text(), describe.name());
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    switch (entry) {
      case CatalogEntry.TableEntry table -> {
        TableDefinition definition = table.definition();
        for (OutputColumn column : planning.columns(table)) {
          String key =
              definition.primaryKey().stream().anyMatch(k -> isNamed(k, column.name()))
                  ? "PRIMARY KEY"
                  : null;
          rows.add(description(column, key, extra(definition, column.name())));
        }
      }
      case CatalogEntry.ViewEntry view -> {
        for (OutputColumn column : planning.columns(view.definition())) {
          rows.add(description(column, null, null));
        }
      }
    }
    return new RowsResult("DESCRIBE", DESCRIPTION, rows, session.memory());
  }

  /** The statement that made a table or a view. */
  Result showCreate(Statement.ShowCreate show) {
    CatalogEntry entry =
        placing(show.name(), () -> catalog.find(show.name().names(), session.namespace()));
    if (entry == null) {
      throw missing("table or view", show.name().last().text(), show.name());
    }
    String statement =
        switch (entry) {
          case CatalogEntry.TableEntry table -> table.definition().sql();
          case CatalogEntry.ViewEntry view -> view.definition().sql();
        };
    if (!statement.startsWith("CREATE")) {
      throw EngineErrors.unsupported(
          "SHOW CREATE of " + show.name() + ", which no statement made,", show.name().position());
    }
    List<List<String>> rows = List.of(List.of(statement));
    return new RowsResult(
        "SHOW CREATE", List.of(ResultColumns.text("statement")), rows, session.memory());
  }

  /**
   * Describes a query.
   *
   * @param query it, with values for its PIVOTs
   */
  Result describe(SqlFragment query) {
    List<List<@Nullable Object>> rows =
        planning.describe(query).columns().stream()
            .map(column -> description(column, null, null))
            .toList();
    return new RowsResult("DESCRIBE", DESCRIPTION, rows, session.memory());
  }

  private static List<@Nullable Object> description(
      OutputColumn column, @Nullable String key, @Nullable String extra) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(column.name());
    row.add(column.type().sql());
    row.add(column.nullable());
    row.add(key);
    row.add(extra);
    return row;
  }

  private static @Nullable String extra(TableDefinition definition, String column) {
    List<String> parts = new ArrayList<>();
    for (TableDefinition.ColumnDefinition declared : definition.columns()) {
      if (declared.computed() != null && isNamed(declared.name(), column)) {
        parts.add("AS " + declared.computed());
      }
    }
    TableDefinition.WatermarkDefinition watermark = definition.watermark();
    if (watermark != null && isNamed(watermark.column(), column)) {
      parts.add("WATERMARK AS " + watermark.expression());
    }
    return parts.isEmpty() ? null : String.join(", ", parts);
  }

  private @Nullable TableDefinition definition(String name) {
    return catalog.tableDefinitions().stream()
        .filter(t -> isNamed(t.name(), name))
        .findFirst()
        .orElse(null);
  }

  private void requireOwnTable(String name, SourcePosition position) {
    if (session.engine().standing().keepsResult(name)) {
      throw EngineErrors.notATable(
          name, "the result of a standing query; DROP QUERY drops it", position);
    }
  }

  private void requireUnread(String name, String verb, SourcePosition position) {
    List<String> users = session.engine().standing().usersOf(OwnNames.path(name));
    if (!users.isEmpty()) {
      throw EngineErrors.inUseByQueries(name, verb, users, position);
    }
  }

  private TidemillException missing(String kind, String name, QualifiedName written) {
    return EngineErrors.notFound(
        kind, name, catalog.names(session.namespace()), written.position());
  }

  private static void requireDistinct(List<Name> names) {
    Set<String> seen = new HashSet<>();
    for (Name name : names) {
      if (!seen.add(name.text().toLowerCase(Locale.ROOT))) {
        throw EngineErrors.duplicateColumn(name.text(), name.position());
      }
    }
  }

  private static <T> T placing(QualifiedName name, Supplier<T> work) {
    try {
      return work.get();
    } catch (TidemillException e) {
      throw e.at(name.position());
    }
  }

  /** The name without what qualifies it: canonical texts are equal however it was written. */
  static QualifiedName ownName(QualifiedName name) {
    return new QualifiedName(List.of(name.last()));
  }

  static boolean isNamed(String name, String wanted) {
    return name.equalsIgnoreCase(wanted);
  }
}
