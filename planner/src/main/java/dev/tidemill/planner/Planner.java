package dev.tidemill.planner;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.format.TimeZones;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Parameter;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Clocks;
import dev.tidemill.planner.logical.CommonType;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import dev.tidemill.planner.sql.CompiledColumns;
import dev.tidemill.planner.sql.Positions;
import dev.tidemill.planner.sql.RelTranslator;
import dev.tidemill.planner.sql.Relation;
import dev.tidemill.planner.sql.RexTranslator;
import dev.tidemill.planner.sql.SqlCompiler;
import dev.tidemill.sql.parser.statement.MergeNode;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.TableDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.calcite.sql.SqlDelete;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUpdate;
import org.jspecify.annotations.Nullable;

/**
 * Makes plans of parsed statements. All methods throw {@link TidemillException} and nothing else;
 * positions are those of the nodes, which count from the beginning of the script. Nodes are not
 * changed. Stateless: safe for any number of threads.
 */
public final class Planner {
  private Planner() {}

  /** Plans a query. */
  public static PlannedQuery plan(SqlNode query, PlannerSession session) {
    return guarded(() -> new Planning(session, false).query(query));
  }

  /** The columns and parameters of a query, for views, CREATE TABLE AS and prepared statements. */
  public static QueryDescription describe(SqlNode query, PlannerSession session) {
    return guarded(
        () -> {
          PlannedQuery planned = new Planning(session, true).query(query);
          return new QueryDescription(planned.columns(), planned.parameterTypes());
        });
  }

  /** Plans an INSERT. */
  public static PlannedInsert planInsert(SqlInsert insert, PlannerSession session) {
    return guarded(() -> new Planning(session, false).insert(insert));
  }

  /** Plans an UPDATE, a DELETE or a MERGE. */
  public static PlannedChange planChange(SqlNode change, PlannerSession session) {
    return guarded(() -> new Planning(session, false).change(change));
  }

  /**
   * Plans a query whose columns go into a table, by position, as INSERT without a column list does.
   */
  public static PlannedInsert planInto(
      CatalogEntry.TableEntry target, SqlNode query, PlannerSession session) {
    return guarded(() -> new Planning(session, false).insert(target, null, query));
  }

  /**
   * Compiles the computed columns and the watermark of a table.
   *
   * @param stored the stored columns, as the table's connector gives them
   */
  public static CompiledTable compileTable(TableDefinition definition, Schema stored) {
    return guarded(() -> TableCompilation.compile(definition, stored));
  }

  /** A constant, such as the default of a column, as an expression without columns. */
  public static Expression compileConstant(SqlNode expression) {
    return compileExpression(expression, List.of());
  }

  /** An expression over the columns given: references count positions in {@code columns}. */
  public static Expression compileExpression(SqlNode expression, List<OutputColumn> columns) {
    return guarded(
        () -> {
          List<Field> fields = new ArrayList<>();
          for (int i = 0; i < columns.size(); i++) {
            OutputColumn column = columns.get(i);
            fields.add(new Field(i, column.name(), column.type(), column.nullable()));
          }
          return Clocks.of(TimeZones.UTC)
              .settle(
                  RexTranslator.scalar(
                      new SqlCompiler(null, Map.of()).scalar(expression, columns), fields));
        });
  }

  /** The type that a type specification means. */
  public static Type compileType(SqlNode specification) {
    return guarded(() -> new SqlCompiler(null, Map.of()).type(specification));
  }

  /** The names of all functions there are, upper case, sorted. */
  public static Set<String> functionNames() {
    return SqlCompiler.functionNames();
  }

  /** Whether a function of users cannot have this name. */
  public static boolean isFunctionNameTaken(String name) {
    return SqlCompiler.isFunctionNameTaken(name);
  }

  private static <T> T guarded(Supplier<T> work) {
    try {
      return work.get();
    } catch (TidemillException known) {
      throw known;
    } catch (StackOverflowError deep) {
      throw PlannerErrors.tooComplex(null);
    } catch (RuntimeException | AssertionError unexpected) {
      throw PlannerErrors.internal("translation", unexpected);
    }
  }

  /** The planning of one statement. */
  private static final class Planning {
    private final PlannerSession session;
    private final SqlCompiler compiler;
    private final FieldNumbers numbers = new FieldNumbers();
    private final boolean describing;
    private final Clocks clocks;

    /**
     * @param describing whether only columns and parameters are asked for: then a limit may be
     *     unknown
     */
    Planning(PlannerSession session, boolean describing) {
      this.session = session;
      this.compiler = new SqlCompiler(session.catalog(), session.sizes());
      this.describing = describing;
      this.clocks = Clocks.of(session.timeZone());
    }

    PlannedQuery query(SqlNode node) {
      SqlCompiler.Query query = compiler.query(node, session.namespace());
      Relation relation = translate(query);
      List<String> names = query.names();
      return planned(query, relation.node(), relation.row().subList(0, names.size()), names);
    }

    private Relation translate(SqlCompiler.Query query) {
      return new RelTranslator(
              compiler, numbers, parameters(), describing, session.runsOnce(), clocks)
          .translate(query.relation());
    }

    private BiFunction<Integer, Type, Expression> parameters() {
      List<Expression> values = session.parameterValues();
      return (index, type) ->
          values == null || index >= values.size()
              ? new Parameter(index, type)
              : bound(type, values.get(index));
    }

    private static Expression bound(Type type, Expression value) {
      return type instanceof Type.Array array
              && value instanceof Call list
              && list.function() == ScalarFunction.ARRAY
          ? new Call(
              list.function(),
              list.arguments().stream().map(e -> bound(array.element(), e)).toList(),
              type)
          : Casts.to(type, value);
    }

    private PlannedQuery planned(
        SqlCompiler.Query query, Node node, List<Field> row, List<String> names) {
      BatchPlan plan = Optimizer.optimize(node, row, names, numbers, session);
      List<CatalogEntry.TableEntry> tables = new ArrayList<>();
      List<CatalogEntry.ViewEntry> views = new ArrayList<>();
      for (CatalogEntry entry : compiler.reached()) {
        switch (entry) {
          case CatalogEntry.TableEntry table -> tables.add(table);
          case CatalogEntry.ViewEntry view -> views.add(view);
        }
      }
      return new PlannedQuery(
          plan,
          query.parameters(),
          tables,
          views,
          compiler.functions(),
          query.ordered(),
          clocks.used());
    }

    PlannedInsert insert(SqlInsert insert) {
      if (insert.isUpsert()) {
        throw PlannerErrors.unsupported("UPSERT", Positions.of(insert.getParserPosition()));
      }
      return insert(
          target(insert.getTargetTable(), "INSERT into"),
          identifiers(insert.getTargetColumnList()),
          insert.getSource());
    }

    private static @Nullable List<SqlIdentifier> identifiers(@Nullable SqlNodeList columns) {
      if (columns == null || columns.isEmpty()) {
        return null;
      }
      List<SqlIdentifier> identifiers = new ArrayList<>();
      for (SqlNode column : columns) {
        identifiers.add((SqlIdentifier) column);
      }
      return identifiers;
    }

    /**
     * @param verb what is done with the table
     */
    private CatalogEntry.TableEntry target(SqlNode target, String verb) {
      SourcePosition position = Positions.of(target.getParserPosition());
      if (!(target instanceof SqlIdentifier name)) {
        throw PlannerErrors.unsupported("INSERT_TARGET", verb + " this", position);
      }
      return switch (session.catalog().find(name.names, session.namespace())) {
        case null ->
            throw PlannerErrors.tableNotFound(
                String.join(".", name.names),
                session.catalog().names(session.namespace()),
                position);
        case CatalogEntry.ViewEntry view ->
            throw PlannerErrors.unsupported(verb + " a view", position);
        case CatalogEntry.TableEntry table -> table;
      };
    }

    PlannedChange change(SqlNode node) {
      return switch (node) {
        case SqlDelete delete -> {
          CatalogEntry.TableEntry target = changeable(delete.getTargetTable(), "DELETE from");
          ChangeQueries queries = changes(target, delete.getTargetTable(), delete.getAlias());
          yield changed(
              target, queries.delete(delete.getCondition()), List.of(MergeNode.Action.DELETE));
        }
        case SqlUpdate update -> {
          CatalogEntry.TableEntry target = changeable(update.getTargetTable(), "UPDATE of");
          ChangeQueries queries = changes(target, update.getTargetTable(), update.getAlias());
          SqlSelect select =
              queries.update(
                  places(target, update.getTargetColumnList()),
                  update.getSourceExpressionList(),
                  update.getCondition());
          yield changed(target, select, List.of(MergeNode.Action.UPDATE));
        }
        case MergeNode merge -> {
          CatalogEntry.TableEntry target = changeable(merge.target(), "MERGE into");
          ChangeQueries queries = changes(target, merge.target(), merge.alias());
          List<List<Integer>> places = new ArrayList<>();
          for (MergeNode.Clause clause : merge.clauses()) {
            places.add(places(target, clause.columns()));
          }
          yield changed(
              target,
              queries.merge(merge, places),
              merge.clauses().stream().map(MergeNode.Clause::action).toList());
        }
        default -> throw new IllegalArgumentException(node.getKind().toString());
      };
    }

    private CatalogEntry.TableEntry changeable(SqlNode name, String verb) {
      CatalogEntry.TableEntry target = target(name, verb);
      if (target.table().changeable() == null) {
        throw PlannerErrors.notChangeable(
            target.path().getLast(), Positions.of(name.getParserPosition()));
      }
      return target;
    }

    private ChangeQueries changes(
        CatalogEntry.TableEntry target, SqlNode name, @Nullable SqlIdentifier alias) {
      return new ChangeQueries((SqlIdentifier) name, alias, compiler.columns(target).stored());
    }

    /** Places of the columns named, of all stored ones where none is. */
    private List<Integer> places(CatalogEntry.TableEntry target, @Nullable SqlNodeList columns) {
      List<OutputColumn> stored = compiler.columns(target).stored();
      List<SqlIdentifier> named = identifiers(columns);
      return named == null
          ? IntStream.range(0, stored.size()).boxed().toList()
          : positions(named, target, stored);
    }

    private PlannedChange changed(
        CatalogEntry.TableEntry target, SqlSelect select, List<MergeNode.Action> actions) {
      List<OutputColumn> stored = compiler.columns(target).stored();
      SqlCompiler.Query query = compiler.query(select, session.namespace());
      Relation relation = translate(query);
      List<Field> row = new ArrayList<>(relation.row().subList(0, 2 + stored.size()));
      List<String> names = new ArrayList<>(query.names().subList(0, row.size()));
      List<Node.Computed> computed = new ArrayList<>();
      for (int i = row.size(); i < query.names().size(); i++) {
        OutputColumn column = stored.get((i - 2) % stored.size());
        Field given = relation.row().get(i);
        SourcePosition at = query.position(i);
        Expression value = clocks.settle(assigned(column, given, at));
        if (at != null && session.runsOnce()) {
          value = Expressions.placed(value, at);
        }
        if (value.equals(given.reference())) {
          row.add(given);
        } else {
          boolean nullable = Expressions.nullable(value, Nodes.nullable(relation.node().fields()));
          Field field = numbers.field(column.name(), column.type(), nullable);
          computed.add(new Node.Computed(field, value));
          row.add(field);
        }
        names.add(column.name());
      }
      Node node = Nodes.extend(relation.node(), computed);
      return new PlannedChange(target, planned(query, node, row, names), actions);
    }

    PlannedInsert insert(
        CatalogEntry.TableEntry target, @Nullable List<SqlIdentifier> columns, SqlNode source) {
      SourcePosition position = Positions.of(source.getParserPosition());
      List<OutputColumn> stored = compiler.columns(target).stored();
      String name = target.path().get(target.path().size() - 1);
      List<Integer> positions = columns == null ? null : positions(columns, target, stored);
      List<OutputColumn> wanted =
          positions == null ? stored : positions.stream().map(stored::get).toList();
      SqlCompiler.Query query =
          compiler.query(InsertParameters.typed(source, wanted), session.namespace());
      Relation relation = translate(query);
      List<Field> given = relation.row().subList(0, query.names().size());
      int expected = positions == null ? stored.size() : positions.size();
      if (given.size() != expected) {
        throw PlannerErrors.columnCount(name, expected, given.size(), position);
      }
      List<Node.Computed> computed = new ArrayList<>();
      List<Field> row = new ArrayList<>();
      for (int i = 0; i < stored.size(); i++) {
        OutputColumn column = stored.get(i);
        int from = positions == null ? i : positions.indexOf(i);
        if (from < 0 && !column.nullable()) {
          throw PlannerErrors.notNull(column.name(), name, position);
        }
        SourcePosition place = from < 0 ? null : query.position(from);
        SourcePosition at = place == null ? position : place;
        Expression value =
            from < 0
                ? Literal.nullOf(column.type())
                : clocks.settle(assigned(column, given.get(from), at));
        if (at != null && session.runsOnce()) {
          value = Expressions.placed(value, at);
        }
        if (from >= 0 && value.equals(given.get(from).reference())) {
          row.add(given.get(from));
        } else {
          boolean nullable = Expressions.nullable(value, Nodes.nullable(relation.node().fields()));
          Field field = numbers.field(column.name(), column.type(), nullable);
          computed.add(new Node.Computed(field, value));
          row.add(field);
        }
      }
      Node node = Nodes.extend(relation.node(), computed);
      return new PlannedInsert(
          target, planned(query, node, row, stored.stream().map(OutputColumn::name).toList()));
    }

    private static List<Integer> positions(
        List<SqlIdentifier> columns, CatalogEntry.TableEntry target, List<OutputColumn> stored) {
      List<Integer> positions = new ArrayList<>();
      Set<String> seen = new HashSet<>();
      for (SqlIdentifier column : columns) {
        SourcePosition position = Positions.of(column.getParserPosition());
        if (!column.isSimple()) {
          throw PlannerErrors.unsupported(
              "a column to be set that is named with its table", position);
        }
        String wanted = column.getSimple();
        if (!seen.add(wanted.toLowerCase(Locale.ROOT))) {
          throw PlannerErrors.duplicateColumn(wanted, "the columns of INSERT", position);
        }
        int found = -1;
        for (int i = 0; i < stored.size(); i++) {
          if (stored.get(i).name().equalsIgnoreCase(wanted)) {
            found = i;
          }
        }
        if (found < 0) {
          boolean computed =
              target.definition().columns().stream()
                  .anyMatch(c -> c.computed() != null && c.name().equalsIgnoreCase(wanted));
          throw computed
              ? PlannerErrors.computedColumnAssigned(wanted, position)
              : PlannerErrors.columnNotFound(
                  wanted,
                  target.path().get(target.path().size() - 1),
                  stored.stream().map(OutputColumn::name).toList(),
                  position);
        }
        positions.add(found);
      }
      return positions;
    }

    /**
     * The value as the column wants it: numbers become any number, text becomes text, dates and
     * times, also inside of ARRAYs, MAPs and ROWs.
     */
    private static Expression assigned(
        OutputColumn column, Field value, @Nullable SourcePosition position) {
      Type to = column.type();
      Type from = value.type();
      if (!fits(to, from)) {
        throw PlannerErrors.notAssignable(column.name(), to, from, position);
      }
      if (from instanceof Type.Varchar text
          && to instanceof Type.Varchar limited
          && text.maxLength() > limited.maxLength()) {
        return new Cast(value.reference(), to, false);
      }
      return Casts.to(to, value.reference());
    }

    private static boolean fits(Type to, Type from) {
      boolean fits =
          CommonType.isNumber(from) && CommonType.isNumber(to)
              || from instanceof Type.Null
              || from instanceof Type.Varchar && isTime(to)
              || isTime(from) && isTime(to) && CommonType.of(from, to) != null
              || from instanceof Type.Varchar && to instanceof Type.Varchar
              || to.equals(CommonType.of(from, to));
      return fits
          || switch (to) {
            case Type.Array t -> from instanceof Type.Array f && fits(t.element(), f.element());
            case Type.MapType t ->
                from instanceof Type.MapType f
                    && fits(t.key(), f.key())
                    && fits(t.value(), f.value());
            case Type.Row t -> from instanceof Type.Row f && fits(t, f);
            default -> false;
          };
    }

    /** Fields go by their place. */
    private static boolean fits(Type.Row to, Type.Row from) {
      boolean fits = to.fields().size() == from.fields().size();
      for (int i = 0; fits && i < to.fields().size(); i++) {
        fits = fits(to.fields().get(i).type(), from.fields().get(i).type());
      }
      return fits;
    }

    private static boolean isTime(Type type) {
      return type instanceof Type.Date
          || type instanceof Type.Time
          || type instanceof Type.Timestamp
          || type instanceof Type.ZonedTimestamp
          || type instanceof Type.MonthInterval
          || type instanceof Type.TimeInterval;
    }
  }

  /** The compilation of a table's definition. */
  private static final class TableCompilation {
    private static boolean isTimestamp(Type type) {
      return type instanceof Type.Timestamp || type instanceof Type.ZonedTimestamp;
    }

    static CompiledTable compile(TableDefinition definition, Schema stored) {
      SqlCompiler compiler = new SqlCompiler(null, Map.of());
      CompiledColumns columns = compiler.columns(definition, stored);
      TableDefinition.WatermarkDefinition watermark = definition.watermark();
      Clocks clocks = Clocks.kept(definition.timeZone());
      if (watermark == null) {
        return new CompiledTable(columns.stored(), columns.row(), columns.expressions(), -1, null);
      }
      int time = -1;
      for (int i = 0; i < columns.row().size(); i++) {
        if (columns.row().get(i).name().equalsIgnoreCase(watermark.column())) {
          time = i;
        }
      }
      if (time < 0) {
        throw PlannerErrors.columnNotFound(
            watermark.column(),
            definition.name(),
            columns.row().stream().map(OutputColumn::name).toList(),
            null);
      }
      Type type = columns.row().get(time).type();
      if (!isTimestamp(type)) {
        throw PlannerErrors.typeMismatch(
            "the watermark's column must be TIMESTAMP but " + watermark.column() + " is " + type,
            null);
      }
      Expression expression;
      try {
        expression = columns.inline(compiler, watermark.expression(), clocks);
        if (!isTimestamp(expression.type())) {
          throw PlannerErrors.typeMismatch(
              "a watermark must be TIMESTAMP but this is " + expression.type(), null);
        }
      } catch (TidemillException failure) {
        throw PlannerErrors.within("in the watermark of " + definition.name(), failure);
      }
      return new CompiledTable(
          columns.stored(),
          columns.row(),
          columns.expressions(),
          time,
          clocks.settle(Casts.to(type, expression)));
    }
  }
}
