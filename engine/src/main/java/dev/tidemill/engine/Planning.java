package dev.tidemill.engine;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.format.TimeZones;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.foundation.setting.Settings;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.TableSize;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.planner.CompiledTable;
import dev.tidemill.planner.PlannedChange;
import dev.tidemill.planner.PlannedInsert;
import dev.tidemill.planner.PlannedQuery;
import dev.tidemill.planner.Planner;
import dev.tidemill.planner.PlannerSession;
import dev.tidemill.planner.QueryDescription;
import dev.tidemill.planner.StatementPlanner;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.sql.parser.statement.SqlFragment;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.Namespace;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.ViewDefinition;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** The planner, as a session's statements use it. */
final class Planning {
  private final Session session;
  private final Map<String, TableSize> sizes;

  Planning(Session session) {
    this(session, Map.of());
  }

  /**
   * @param sizes that tables are taken to have, as in {@link PlannerSession}
   */
  Planning(Session session, Map<String, TableSize> sizes) {
    this.session = session;
    this.sizes = sizes;
  }

  PlannedQuery query(SqlFragment query, List<? extends @Nullable Object> parameters) {
    return StatementPlanner.plan(query, bound(query, parameters));
  }

  /** A query whose plan is kept. */
  PlannedQuery standing(SqlFragment query) {
    return StatementPlanner.plan(query, bound(query, List.of()).forKeeping());
  }

  PlannedInsert insert(SqlFragment insert, List<? extends @Nullable Object> parameters) {
    return StatementPlanner.planInsert(insert, bound(insert, parameters));
  }

  /** An UPDATE, DELETE or MERGE. */
  PlannedChange change(SqlFragment change, List<? extends @Nullable Object> parameters) {
    return StatementPlanner.planChange(change, bound(change, parameters));
  }

  QueryDescription describeChange(SqlFragment change) {
    PlannedChange planned =
        StatementPlanner.planChange(change, plannerSession(session.namespace()));
    return new QueryDescription(List.of(), planned.query().parameterTypes());
  }

  /** A query whose columns go into a table by position, coerced, and whose plan is kept. */
  PlannedInsert standingInto(CatalogEntry.TableEntry target, SqlFragment query) {
    return StatementPlanner.planInto(
        target, query, plannerSession(session.namespace()).forKeeping());
  }

  QueryDescription describe(SqlFragment query) {
    return StatementPlanner.describe(query, plannerSession(session.namespace()));
  }

  QueryDescription describeInsert(SqlFragment insert) {
    PlannedInsert planned =
        StatementPlanner.planInsert(insert, plannerSession(session.namespace()));
    return new QueryDescription(List.of(), planned.query().parameterTypes());
  }

  /** The type of a column. */
  Type type(SqlFragment type) {
    Type plain = plainType(type.text());
    return plain == null ? StatementPlanner.compileType(type) : plain;
  }

  /**
   * Those without arguments that need no planner to be understood, so that a first CREATE TABLE
   * does not wait for it.
   */
  private static @Nullable Type plainType(String text) {
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "BOOLEAN" -> Type.BOOLEAN;
      case "INTEGER", "INT" -> Type.INTEGER;
      case "BIGINT" -> Type.BIGINT;
      case "DOUBLE" -> Type.DOUBLE;
      case "VARCHAR" -> Type.VARCHAR;
      case "DATE" -> Type.DATE;
      default -> null;
    };
  }

  /** The session's time zone as definitions keep it: null for UTC. */
  @Nullable String keptTimeZone() {
    ZoneId zone = session.settings().get(EngineSettings.TIME_ZONE);
    return TimeZones.isUtc(zone) ? null : zone.getId();
  }

  /** What queries see of a table. */
  List<OutputColumn> columns(CatalogEntry.TableEntry table) {
    return compile(table.definition(), table.table().schema()).columns();
  }

  /** What queries see of a view. */
  List<OutputColumn> columns(ViewDefinition view) {
    List<OutputColumn> columns =
        StatementPlanner.describe(
                StatementParser.parseQuery(view.query()), plannerSession(view.namespace()))
            .columns();
    if (view.columns().isEmpty()) {
      return columns;
    }
    List<OutputColumn> renamed = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      renamed.add(
          new OutputColumn(
              view.columns().get(i), columns.get(i).type(), columns.get(i).nullable()));
    }
    return renamed;
  }

  /** Names of the columns of a table or view; none where it cannot be opened. */
  List<String> columnNames(List<String> path) {
    try {
      List<OutputColumn> columns =
          switch (session.engine().catalog().find(path, session.namespace())) {
            case null -> List.of();
            case CatalogEntry.TableEntry table -> columns(table);
            case CatalogEntry.ViewEntry view -> columns(view.definition());
          };
      return columns.stream().map(OutputColumn::name).toList();
    } catch (TidemillException unreachable) {
      return List.of();
    }
  }

  /** Computed columns and watermark over the stored columns. */
  static CompiledTable compile(TableDefinition definition, Schema stored) {
    return Planner.compileTable(definition, stored);
  }

  /** The names of the functions that are built in. */
  static Set<String> functions() {
    return Planner.functionNames();
  }

  /**
   * The session with the values of the question marks. Values are given the types that the
   * statement wants, so it is looked at once more where there are any.
   */
  private PlannerSession bound(SqlFragment statement, List<? extends @Nullable Object> parameters) {
    PlannerSession unbound = plannerSession(session.namespace());
    if (parameters.isEmpty()) {
      return unbound;
    }
    List<Expression> values = new ArrayList<>();
    for (Object parameter : parameters) {
      values.add(ParameterValues.expression(parameter));
    }
    return unbound.withParameterValues(values);
  }

  private PlannerSession plannerSession(Namespace namespace) {
    Settings settings = session.settings();
    return PlannerSession.of(session.engine().catalog(), namespace, settings.changed())
        .withSizes(sizes);
  }

  /** The same, for whoever has no session: views in {@code information_schema}. */
  static List<OutputColumn> columns(Engine engine, ViewDefinition view) {
    try {
      return new Planning(engine.session()).columns(view);
    } catch (TidemillException brokenView) {
      return List.of();
    }
  }
}
