package dev.tidemill.engine;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.foundation.setting.StateGrowth;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.TableSize;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.planner.CompiledTable;
import dev.tidemill.planner.PlannedQuery;
import dev.tidemill.planner.delta.StandingPlanner;
import dev.tidemill.planner.delta.TableTraits;
import dev.tidemill.planner.delta.UnboundedState;
import dev.tidemill.sql.parser.statement.QualifiedName;
import dev.tidemill.sql.parser.statement.SqlFragment;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.EventTimeOptions;
import dev.tidemill.storage.catalog.FunctionDefinition;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.table.Changelog;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableStatistics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/** From CREATE STANDING QUERY and EMIT to a plan, a sink and a mode that is legal for both. */
final class StandingPlanning {
  private final Session session;
  private final Catalog catalog;
  private final Planning planning;

  /**
   * A standing query, planned.
   *
   * @param sink null where the result is kept
   */
  record Planned(StandingPlan plan, @Nullable TableReference sink, OutputMode mode) {}

  private final Map<String, TableSize> sizes;

  StandingPlanning(Session session) {
    this(session, Map.of());
  }

  /**
   * @param sizes that tables are taken to have, as in {@link StandingPlan#sizes()}
   */
  StandingPlanning(Session session, Map<String, TableSize> sizes) {
    this.session = session;
    this.catalog = session.engine().catalog();
    this.sizes = sizes;
    this.planning = new Planning(session, sizes);
  }

  Planned plan(Statement.CreateStandingQuery create) {
    QualifiedName sinkName = create.sink();
    CatalogEntry.TableEntry sink = sinkName == null ? null : sink(sinkName);
    PlannedQuery query =
        sink == null
            ? planning.standing(create.query())
            : planning.standingInto(sink, create.query()).query();
    if (sink != null
        && query.tables().stream().anyMatch(table -> table.path().equals(sink.path()))) {
      throw EngineErrors.readsItsSink(String.valueOf(sinkName), create.query().position());
    }
    if (sink == null) {
      requireDistinctNames(query, create.query());
    }
    query.tables().forEach(table -> table.table().requireReadable());
    SourcePosition position = create.name().position();
    OutputMode wanted = mode(create.outputMode());
    StandingPlan plan =
        plan(query, create.query(), sink == null, wanted == null ? OutputMode.UPDATE : wanted);
    if (sinkName == null || sink == null) {
      OutputMode mode = wanted == null ? OutputMode.UPDATE : wanted;
      requireLegal(plan, mode, position);
      return new Planned(plan, null, mode);
    }
    Set<SinkMode> sinkModes = sink.table().sinkModes();
    OutputMode mode = wanted == null ? firstLegal(plan, sinkModes) : wanted;
    if (mode == null) {
      throw EngineErrors.illegalMode(
          "%s takes %s and the query gives %s: no mode is good for both%s"
              .formatted(sinkName, names(sinkModes), names(plan.modes()), reasons(plan)),
          sinkName.position());
    }
    requireLegal(plan, mode, position);
    if (!sinkModes.contains(SinkMode.valueOf(mode.name()))) {
      throw EngineErrors.illegalMode(
          "OUTPUT MODE %s cannot be written to %s, which takes %s"
              .formatted(mode, sinkName, names(sinkModes)),
          sinkName.position());
    }
    if (mode == OutputMode.UPDATE) {
      requireKey(plan, sink.table(), sinkName);
    }
    try {
      sink.table().requireWritable(SinkMode.valueOf(mode.name()));
    } catch (TidemillException e) {
      throw e.at(sinkName.position());
    }
    boolean keepsOrder = mode == OutputMode.COMPLETE;
    boolean otherwise = mode == OutputMode.APPEND && plan.appendsOtherwise();
    return new Planned(
        keepsOrder || otherwise ? plan(query, create.query(), keepsOrder, mode) : plan,
        new TableReference(sink.path()),
        mode);
  }

  /** A kept result is a table, which has each name once. */
  private static void requireDistinctNames(PlannedQuery query, SqlFragment text) {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (OutputColumn column : query.columns()) {
      if (!names.add(column.name())) {
        throw EngineErrors.duplicateResultColumn(column.name(), text.position());
      }
    }
  }

  /** Of a query that is only read. */
  Planned plan(SqlFragment query, OutputMode mode) {
    StandingPlan plan = plan(planning.standing(query), query, false, mode);
    requireLegal(plan, mode, query.position());
    return new Planned(plan, null, mode);
  }

  /**
   * Plans a query.
   *
   * @param ordered whether its result is kept, so that its top-level ORDER BY means something
   * @param mode in which it is to run, as far as that is known
   */
  private StandingPlan plan(
      PlannedQuery query, SqlFragment text, boolean ordered, OutputMode mode) {
    Map<TableReference, TableTraits> traits = new LinkedHashMap<>();
    Map<String, String> definitions = new LinkedHashMap<>();
    definitions.put("", text.text());
    for (CatalogEntry.TableEntry table : query.tables()) {
      traits.put(new TableReference(table.path()), traits(table));
      definitions.put(
          StandingQueryRoom.definitionKey(table.path()),
          inZone(table.definition().sql(), table.definition().timeZone()));
    }
    for (CatalogEntry.ViewEntry view : query.views()) {
      definitions.put(
          StandingQueryRoom.definitionKey(view.path()),
          inZone(view.definition().sql(), view.definition().timeZone()));
    }
    if (query.timeZone() != null) {
      definitions.put(StandingPlan.TIME_ZONE, query.timeZone());
    }
    for (FunctionDefinition function : query.functions()) {
      definitions.put(StandingQueryRoom.definitionKey(function.path()), function.sql());
    }
    ResultOrder order =
        ordered ? ResultOrder.of(query.plan()) : new ResultOrder(query.plan(), List.of(), 0);
    try {
      StandingPlan plan =
          StandingPlanner.plan(order.plan(), traits, order.keys(), definitions, mode)
              .withHidden(order.hidden())
              .withSizes(sizes(query));
      if (session.settings().get(EngineSettings.UNBOUNDED_STATE) == StateGrowth.FORBID) {
        UnboundedState.forbid(plan);
      }
      return plan;
    } catch (TidemillException e) {
      throw e.at(text.position());
    }
  }

  /** The sizes that the tables of a query were taken to have. */
  private Map<String, TableSize> sizes(PlannedQuery query) {
    Map<String, TableSize> taken = new HashMap<>();
    for (CatalogEntry.TableEntry table : query.tables()) {
      String name = StandingQueryRoom.definitionKey(table.path());
      TableStatistics now = catalog.statistics(table);
      taken.put(name, sizes.getOrDefault(name, new TableSize(now.rows(), now.bytes())));
    }
    return taken;
  }

  /** The text of a definition with the zone by whose clocks it goes. */
  private static String inZone(String sql, @Nullable String timeZone) {
    return timeZone == null ? sql : sql + " [time zone " + timeZone + "]";
  }

  private TableTraits traits(CatalogEntry.TableEntry entry) {
    TableDefinition definition = entry.definition();
    CompiledTable compiled = Planning.compile(definition, entry.table().schema());
    Expression time = compiled.time();
    Expression watermark = compiled.watermark();
    TableTraits.Watermark declared =
        time == null || watermark == null
            ? null
            : new TableTraits.Watermark(
                compiled.columns().get(compiled.timeColumn()).name(),
                time,
                watermark,
                EventTimeOptions.maxAheadMillis(definition.options()),
                EventTimeOptions.idleTimeoutMillis(definition.options()));
    String name = entry.path().getLast();
    Changelog changelog = entry.table().changelog();
    boolean isResult =
        entry.path().equals(OwnNames.path(name)) && session.engine().standing().keepsResult(name);
    return new TableTraits(
        entry.table().inputKind(),
        entry.table().changing(),
        compiled.stored(),
        declared,
        isResult
            ? resultKey(session.engine().standing().plan(name))
            : definition.keyEnforced() ? definition.primaryKey() : List.of(),
        changelog != null && changelog.keysOnly(),
        isResult ? resultBounds(session.engine().standing().plan(name)) : Map.of());
  }

  /** What the watermark of a query promises of the columns of its result. */
  private static Map<String, Long> resultBounds(StandingPlan plan) {
    Map<String, Long> bounds = new LinkedHashMap<>();
    for (TimeBound bound : plan.bounds()) {
      if (bound.column() < plan.columns().size()) {
        bounds.put(plan.columns().get(bound.column()).name(), bound.plusMillis());
      }
    }
    return bounds;
  }

  /** Names of the columns of which no two rows of a result agree in all, or none. */
  private static List<String> resultKey(StandingPlan plan) {
    boolean isVisible = plan.key().stream().allMatch(column -> column < plan.columns().size());
    return isVisible
        ? plan.key().stream().map(column -> plan.columns().get(column).name()).toList()
        : List.of();
  }

  private CatalogEntry.TableEntry sink(QualifiedName name) {
    CatalogEntry entry;
    try {
      entry = catalog.find(name.names(), session.namespace());
    } catch (TidemillException e) {
      throw e.at(name.position());
    }
    return switch (entry) {
      case null ->
          throw EngineErrors.notFound(
              "table", name.toString(), catalog.names(session.namespace()), name.position());
      case CatalogEntry.ViewEntry view ->
          throw EngineErrors.notATable(name.toString(), "a view", name.position());
      case CatalogEntry.TableEntry table -> {
        String last = table.path().getLast();
        if (session.engine().standing().keepsResult(last)
            && table.path().equals(OwnNames.path(last))) {
          throw EngineErrors.notATable(
              name.toString(), "the result of a standing query", name.position());
        }
        if (table.table().sinkModes().isEmpty()) {
          throw EngineErrors.cannotWrite(name.toString()).at(name.position());
        }
        yield table;
      }
    };
  }

  /**
   * The columns by which a sink replaces rows must be those that tell the rows of the result apart,
   * or rows would overwrite others, or stay when they should go.
   */
  private static void requireKey(StandingPlan plan, Table sink, QualifiedName name) {
    Set<String> wanted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    wanted.addAll(sink.upsertKey());
    if (wanted.isEmpty()) {
      return;
    }
    List<Field> written = sink.schema().getFields();
    List<String> known = new ArrayList<>();
    for (int column : plan.key()) {
      if (column >= plan.columns().size()) {
        throw EngineErrors.resultWithoutKey(name.toString(), wanted, name.position());
      }
      known.add(written.get(column).getName());
    }
    if (known.isEmpty()) {
      throw EngineErrors.resultWithoutKey(name.toString(), wanted, name.position());
    }
    if (!wanted.containsAll(known) || known.size() != wanted.size()) {
      throw EngineErrors.otherKey(name.toString(), wanted, known, name.position());
    }
  }

  private static @Nullable OutputMode firstLegal(StandingPlan plan, Set<SinkMode> sinkModes) {
    for (OutputMode mode : OutputMode.values()) {
      if (plan.modes().contains(mode) && sinkModes.contains(SinkMode.valueOf(mode.name()))) {
        return mode;
      }
    }
    return null;
  }

  private static void requireLegal(StandingPlan plan, OutputMode mode, SourcePosition position) {
    if (!plan.modes().contains(mode)) {
      String reason = plan.illegal().get(mode);
      throw EngineErrors.illegalMode(
          reason != null
              ? reason
              : "OUTPUT MODE %s is not possible; %s would work"
                  .formatted(mode, names(plan.modes())),
          position);
    }
  }

  private static String reasons(StandingPlan plan) {
    return plan.illegal().values().stream()
        .map(reason -> ". " + reason)
        .collect(Collectors.joining());
  }

  private static <E extends Enum<E>> String names(Collection<E> modes) {
    return modes.stream().sorted().map(Enum::name).collect(Collectors.joining(", "));
  }

  private static @Nullable OutputMode mode(
      dev.tidemill.sql.parser.statement.@Nullable OutputMode written) {
    return written == null
        ? null
        : switch (written) {
          case APPEND -> OutputMode.APPEND;
          case UPDATE -> OutputMode.UPDATE;
          case COMPLETE -> OutputMode.COMPLETE;
        };
  }
}
