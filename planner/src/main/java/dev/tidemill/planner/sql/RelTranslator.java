package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Clocks;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import dev.tidemill.sql.parser.statement.LimitShare;
import dev.tidemill.storage.catalog.CatalogEntry;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Minus;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableFunctionScan;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/**
 * Relations of Calcite to ours. A projection of plain columns costs nothing: only the row changes.
 * Subqueries become joins whose right side may refer to the left's fields; {@code
 * rewrite.Unnesting} makes ordinary joins of them.
 */
public final class RelTranslator {
  private static final Relation NOTHING =
      new Relation(new Node.Values(List.of(), List.of()), List.of());

  private final SqlCompiler compiler;
  private final FieldNumbers numbers;
  private final BiFunction<Integer, Type, Expression> parameters;

  private final boolean describing;
  private final boolean placed;

  /** The clocks of the session, or of the view that the relation at hand is in. */
  private Clocks clocks;

  /** How many views the relation at hand is in. */
  private int views;

  /** The rows that correlation variables stand for, of all relations being translated now. */
  private final Map<CorrelationId, List<Field>> outerRows = new HashMap<>();

  /**
   * @param compiler knows the computed columns of tables
   * @param parameters what a parameter is: a literal where its value is known
   * @param describing whether a limit may be unknown, since the plan will not run
   * @param placed whether expressions keep their place in the text, for errors of the run
   * @param clocks of the session's time zone
   */
  public RelTranslator(
      SqlCompiler compiler,
      FieldNumbers numbers,
      BiFunction<Integer, Type, Expression> parameters,
      boolean describing,
      boolean placed,
      Clocks clocks) {
    this.clocks = clocks;
    this.placed = placed;
    this.describing = describing;
    this.compiler = compiler;
    this.numbers = numbers;
    this.parameters = parameters;
  }

  public Relation translate(RelNode node) {
    return switch (node) {
      case ViewRelation view -> view(view);
      case RecursiveRelation recursive -> recursion(recursive);
      case WorkingTableRelation table -> workingTable(table);
      case Filter filter -> filter(filter);
      case Project project -> project(project);
      case Join join -> join(join);
      case Correlate correlate -> correlate(correlate);
      case Aggregate aggregate -> new AggregateTranslator(this, numbers).translate(aggregate);
      case Sort sort -> sort(sort);
      case Union union -> union(union);
      case Intersect intersect -> setOperation(intersect, Node.SetOperation.Kind.INTERSECT);
      case Minus minus -> setOperation(minus, Node.SetOperation.Kind.EXCEPT);
      case Values values -> values(values);
      case Uncollect uncollect -> unnest(uncollect);
      case TableScan scan -> scan(scan);
      case TableFunctionScan function when function.getInputs().size() == 1 ->
          TimeWindows.translate(function, translate(function.getInput(0)), numbers);
      default -> throw PlannerErrors.unsupported(name(node), null);
    };
  }

  private Relation view(ViewRelation view) {
    views++;
    Clocks outside = clocks;
    clocks = Clocks.kept(view.timeZone());
    try {
      return translate(view.getInput());
    } catch (TidemillException failure) {
      throw PlannerErrors.withinView(view.view(), failure);
    } finally {
      clocks = outside;
      views--;
    }
  }

  private Relation recursion(RecursiveRelation recursive) {
    List<Relation> inputs = new ArrayList<>();
    recursive.getInputs().forEach(i -> inputs.add(typed(translate(i), recursive.getRowType())));
    List<Field> fields = fields(recursive.getRowType());
    return new Relation(
        new Node.Recursion(
            inputs.get(0).node(),
            inputs.get(1).node(),
            recursive.number(),
            recursive.isDistinct(),
            inputs.stream().map(r -> r.row().stream().map(Field::id).toList()).toList(),
            fields),
        fields);
  }

  private Relation workingTable(WorkingTableRelation table) {
    List<Field> fields = fields(table.getRowType());
    return new Relation(new Node.WorkingTable(table.number(), fields), fields);
  }

  private List<Field> fields(RelDataType rowType) {
    List<Field> fields = new ArrayList<>();
    for (RelDataTypeField column : rowType.getFieldList()) {
      Type type = RexTranslator.type(column.getType(), null);
      fields.add(numbers.field(column.getName(), type, column.getType().isNullable()));
    }
    return fields;
  }

  /** The clocks that the relation at hand goes by. */
  Clocks clocks() {
    return clocks;
  }

  /** Whether positions count in the statement's own text. */
  boolean isPlaced() {
    return placed && views == 0;
  }

  /** Where a subquery stands. */
  @Nullable SourcePosition position(RexSubQuery query) {
    SourcePosition position = Positions.of(query.getParserPosition());
    return position == null ? compiler.position(query.rel) : position;
  }

  private static String name(RelNode node) {
    return node.getRelTypeName()
        .replace("Logical", "")
        .replaceAll("([a-z])([A-Z])", "$1 $2")
        .toUpperCase(Locale.ROOT);
  }

  Expression parameter(int index, Type type) {
    return parameters.apply(index, type);
  }

  @Nullable List<Field> outerRow(CorrelationId id) {
    return outerRows.get(id);
  }

  /** Translates a subquery of a row. */
  Relation subQuery(RexSubQuery query, Set<CorrelationId> variables, List<Field> row) {
    variables.forEach(v -> outerRows.put(v, row));
    return translate(query.rel);
  }

  private Relation filter(Filter filter) {
    Relation input = translate(filter.getInput());
    RowScope scope = new RowScope(this, numbers, input, filter.getVariablesSet());
    scope.filter(RelOptUtil.conjunctions(filter.getCondition()));
    return new Relation(scope.node(), input.row());
  }

  private Relation project(Project project) {
    Relation input = translate(project.getInput());
    RowScope scope = new RowScope(this, numbers, input, project.getVariablesSet());
    int match = MatchTranslator.whole(project);
    if (match >= 0) {
      return new MatchTranslator(this, numbers, scope).translate(project, match);
    }
    scope.addWindows(project.getProjects());
    List<Field> row = new ArrayList<>();
    for (int i = 0; i < project.getProjects().size(); i++) {
      RexNode expression = project.getProjects().get(i);
      String name = project.getRowType().getFieldNames().get(i);
      row.add(
          expression instanceof RexInputRef reference
              ? input.row().get(reference.getIndex())
              : scope.column(scope.translate(expression), name));
    }
    return new Relation(scope.node(), row);
  }

  private Relation join(Join join) {
    Relation left = translate(join.getLeft());
    Relation right = translate(join.getRight());
    List<Field> row = new ArrayList<>(left.row());
    row.addAll(right.row());
    List<RexNode> conditions = RelOptUtil.conjunctions(join.getCondition());
    if (conditions.stream().anyMatch(AsofTranslator::isMarked)) {
      return asofJoin(join, left, right, conditions);
    }
    if (join.getJoinType() == JoinRelType.INNER) {
      Node product = new Node.Join(left.node(), right.node(), JoinKind.INNER, List.of(), null);
      RowScope scope =
          new RowScope(this, numbers, new Relation(product, row), join.getVariablesSet());
      scope.filter(conditions);
      return new Relation(scope.node(), row);
    }
    if (join.getJoinType() == JoinRelType.RIGHT) {
      return outerJoin(join, right, left, row, conditions, JoinKind.LEFT);
    }
    JoinKind kind =
        switch (join.getJoinType()) {
          case LEFT -> JoinKind.LEFT;
          case FULL -> JoinKind.FULL;
          case SEMI -> JoinKind.SEMI;
          case ANTI -> JoinKind.ANTI;
          default -> throw PlannerErrors.unsupported(join.getJoinType() + " JOIN", null);
        };
    return outerJoin(join, left, right, row, conditions, kind);
  }

  /**
   * A join whose condition decides what matches, not which rows stay. A condition with a subquery
   * that asks about one side is a column of that side; one about both keeps rows of the inner side,
   * which is then another for each row of the outer one.
   *
   * @param row of both sides, as the condition counts columns
   */
  private Relation outerJoin(
      Join join,
      Relation outer,
      Relation inner,
      List<Field> row,
      List<RexNode> conditions,
      JoinKind kind) {
    Node left = outer.node();
    Node right = inner.node();
    List<Expression> conjuncts = new ArrayList<>();
    List<RexNode> plain = new ArrayList<>();
    for (RexNode condition : conditions) {
      if (!hasSubQuery(condition)) {
        plain.add(condition);
        continue;
      }
      RowScope ofLeft =
          new RowScope(this, numbers, new Relation(left, row), join.getVariablesSet());
      Expression truth = ofLeft.translate(condition);
      if (!refers(ofLeft, truth, right)) {
        conjuncts.add(ofLeft.column(truth, "matches").reference());
        left = ofLeft.node();
        continue;
      }
      RowScope ofRight =
          new RowScope(this, numbers, new Relation(right, row), join.getVariablesSet());
      if (kind == JoinKind.FULL) {
        truth = ofRight.translate(condition);
        if (refers(ofRight, truth, left)) {
          throw PlannerErrors.unsupported(
              "SUBQUERY_IN_ON",
              "a subquery about rows of both sides in the ON of a FULL JOIN",
              position(RexUtil.SubQueryFinder.find(condition)));
        }
        conjuncts.add(ofRight.column(truth, "matches").reference());
      } else {
        ofRight.filter(List.of(condition));
      }
      right = ofRight.node();
    }
    RowScope scope = RowScope.ofCondition(this, numbers, new Relation(left, row));
    plain.forEach(c -> conjuncts.addAll(Expressions.conjuncts(scope.translate(c))));
    Node joined = new Node.Join(left, right, kind, conjuncts, null);
    return new Relation(
        joined, current(joined, join.getJoinType().projectsRight() ? row : outer.row()));
  }

  /** Whether what a scope has become, or an expression in it, needs columns of another node. */
  private static boolean refers(RowScope scope, Expression expression, Node other) {
    BitSet needed = Nodes.free(scope.node());
    needed.or(Expressions.references(List.of(expression)));
    needed.and(Nodes.ids(other));
    return !needed.isEmpty();
  }

  private Relation asofJoin(Join join, Relation left, Relation right, List<RexNode> conditions) {
    if (conditions.stream().anyMatch(RelTranslator::hasSubQuery)) {
      throw PlannerErrors.unsupported(
          "SUBQUERY_IN_ON", "a subquery in the ON of an ASOF JOIN", null);
    }
    List<Field> row = new ArrayList<>(left.row());
    row.addAll(right.row());
    RowScope scope = RowScope.ofCondition(this, numbers, new Relation(left.node(), row));
    Node joined =
        new AsofTranslator(numbers, scope, left.node(), right.node())
            .translate(conditions, join.getJoinType() == JoinRelType.LEFT);
    return new Relation(joined, current(joined, row));
  }

  /** The row as the node has it now: a join may have made fields nullable. */
  static List<Field> current(Node node, List<Field> row) {
    Map<Integer, Field> fields = new HashMap<>();
    node.fields().forEach(f -> fields.put(f.id(), f));
    return row.stream().map(f -> fields.getOrDefault(f.id(), f)).toList();
  }

  private Relation correlate(Correlate correlate) {
    Relation left = translate(correlate.getLeft());
    outerRows.put(correlate.getCorrelationId(), left.row());
    Relation right = translate(correlate.getRight());
    List<Field> row = new ArrayList<>(left.row());
    JoinKind kind =
        switch (correlate.getJoinType()) {
          case INNER -> JoinKind.INNER;
          case LEFT -> JoinKind.LEFT;
          case SEMI -> JoinKind.SEMI;
          case ANTI -> JoinKind.ANTI;
          default ->
              throw PlannerErrors.unsupported(correlate.getJoinType() + " JOIN LATERAL", null);
        };
    if (kind.givesRight()) {
      row.addAll(right.row());
    }
    Node joined = new Node.Join(left.node(), right.node(), kind, List.of(), null);
    return new Relation(joined, current(joined, row));
  }

  /** The elements of the input's columns, which are all collections. */
  private Relation unnest(Uncollect uncollect) {
    Relation input = counted(translate(uncollect.getInput()));
    Iterator<String> names = uncollect.getRowType().getFieldNames().iterator();
    List<List<Field>> columns = new ArrayList<>();
    for (Field collection : input.row()) {
      List<Field> fields = new ArrayList<>();
      for (Type type : elements(collection.type())) {
        fields.add(numbers.field(names.next(), type, true));
      }
      columns.add(fields);
    }
    Field ordinality =
        uncollect.withOrdinality ? numbers.field(names.next(), Type.INTEGER, false) : null;
    List<Field> row = new ArrayList<>();
    columns.forEach(row::addAll);
    if (ordinality != null) {
      row.add(ordinality);
    }
    return new Relation(
        new Node.Unnest(
            input.node(), input.row().stream().map(Field::id).toList(), columns, ordinality, false),
        row);
  }

  /** Series that are unnested are counted through, and never made. */
  private static Relation counted(Relation input) {
    if (!(input.node() instanceof Node.Extend extend)) {
      return input;
    }
    Map<Integer, Field> changed = new HashMap<>();
    List<Node.Computed> computed = new ArrayList<>();
    for (Node.Computed column : extend.computed()) {
      if (column.expression() instanceof Call call
          && (call.function() == ScalarFunction.SEQUENCE
              || call.function() == ScalarFunction.RANGE)) {
        Type first = ((Type.Array) call.type()).element();
        Type step = call.arguments().size() > 2 ? call.arguments().get(2).type() : Type.BIGINT;
        Type counted =
            new Type.Row(
                List.of(
                    new Type.RowField("first", first),
                    new Type.RowField("count", Type.BIGINT),
                    new Type.RowField("step", step)));
        Field field = column.field();
        Field bounds = new Field(field.id(), field.name(), counted, field.nullable());
        changed.put(field.id(), bounds);
        computed.add(
            new Node.Computed(
                bounds, new Call(call.function(), call.arguments(), counted, call.position())));
      } else {
        computed.add(column);
      }
    }
    return new Relation(
        new Node.Extend(extend.input(), computed),
        input.row().stream().map(f -> changed.getOrDefault(f.id(), f)).toList());
  }

  /** The types of the columns that a collection gives; a ROW is a series. */
  private static List<Type> elements(Type collection) {
    return switch (collection) {
      case Type.Array array when array.element() instanceof Type.Row row ->
          row.fields().stream().map(Type.RowField::type).toList();
      case Type.Array array -> List.of(array.element());
      case Type.MapType map -> List.of(map.key(), map.value());
      case Type.Row series -> List.of(series.fields().get(0).type());
      default -> throw PlannerErrors.unsupported("UNNEST of " + collection, null);
    };
  }

  private static boolean hasSubQuery(RexNode node) {
    return RexUtil.SubQueryFinder.find(node) != null;
  }

  private Relation sort(Sort sort) {
    Relation input = translate(sort.getInput());
    List<Node.Order> keys = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    for (RelFieldCollation key : sort.getCollation().getFieldCollations()) {
      Field field = input.row().get(key.getFieldIndex());
      NestedValues.requireOrder("ORDER BY", field.type(), null);
      if (seen.add(field.id())) {
        keys.add(
            new Node.Order(
                field.id(),
                key.direction.isDescending(),
                key.nullDirection == RelFieldCollation.NullDirection.FIRST));
      }
    }
    long offset = count(sort.offset, "OFFSET", 0);
    BigDecimal percent =
        sort.fetch instanceof RexLiteral literal
            ? LimitShare.percent(literal.getValueAs(BigDecimal.class))
            : null;
    if (percent != null) {
      Node some = FirstShare.of(input.node(), keys, percent, offset, numbers);
      return new Relation(new Node.Sort(some, keys, -1, 0), input.row());
    }
    long limit = count(sort.fetch, "LIMIT", -1);
    return new Relation(new Node.Sort(input.node(), keys, limit, offset), input.row());
  }

  private long count(@Nullable RexNode node, String where, long otherwise) {
    if (node == null) {
      return otherwise;
    }
    Expression given =
        node instanceof RexDynamicParam parameter
            ? parameter(parameter.getIndex(), Type.BIGINT)
            : new RowScope(this, numbers, NOTHING, Set.of()).translate(node);
    Expression value = Casts.to(Type.BIGINT, given);
    if (!(value instanceof Literal literal)) {
      if (describing) {
        return otherwise;
      }
      throw PlannerErrors.parameterNotBound(where, null);
    }
    if (!(literal.value() instanceof Long number)) {
      return otherwise;
    }
    if (number < 0) {
      throw PlannerErrors.rowCount(where, number.toString(), null);
    }
    return number;
  }

  private Relation union(Union union) {
    Relation all = setOperation(union, Node.SetOperation.Kind.UNION);
    return union.all ? all : distinct(all);
  }

  static Relation distinct(Relation relation) {
    Map<Integer, Field> keys = new LinkedHashMap<>();
    relation.row().forEach(f -> keys.putIfAbsent(f.id(), f));
    return new Relation(
        Node.Aggregate.of(relation.node(), List.copyOf(keys.values()), List.of()), relation.row());
  }

  private Relation setOperation(SetOp operation, Node.SetOperation.Kind kind) {
    List<Relation> inputs = new ArrayList<>();
    operation.getInputs().forEach(i -> inputs.add(typed(translate(i), operation.getRowType())));
    if (kind == Node.SetOperation.Kind.UNION) {
      return combined(operation, kind, true, inputs);
    }
    Relation result = inputs.get(0);
    for (Relation next : inputs.subList(1, inputs.size())) {
      result = combined(operation, kind, operation.all, List.of(result, next));
    }
    return result;
  }

  private Relation combined(
      SetOp operation, Node.SetOperation.Kind kind, boolean all, List<Relation> inputs) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < operation.getRowType().getFieldCount(); i++) {
      int column = i;
      boolean nullable =
          switch (kind) {
            case UNION -> inputs.stream().anyMatch(r -> r.row().get(column).nullable());
            case INTERSECT -> inputs.stream().allMatch(r -> r.row().get(column).nullable());
            case EXCEPT -> inputs.get(0).row().get(column).nullable();
          };
      fields.add(
          numbers.field(
              operation.getRowType().getFieldNames().get(i),
              RexTranslator.type(operation.getRowType().getFieldList().get(i).getType(), null),
              nullable));
    }
    List<List<Integer>> columns = new ArrayList<>();
    inputs.forEach(r -> columns.add(r.row().stream().map(Field::id).toList()));
    return new Relation(
        new Node.SetOperation(
            kind, all, inputs.stream().map(Relation::node).toList(), columns, fields),
        fields);
  }

  /** The relation with its columns, as many as there are types, cast to these. */
  private Relation typed(Relation relation, RelDataType rowType) {
    RowScope scope = new RowScope(this, numbers, relation, Set.of());
    List<Field> row = new ArrayList<>();
    for (int i = 0; i < rowType.getFieldCount(); i++) {
      Field field = relation.row().get(i);
      Type type = RexTranslator.type(rowType.getFieldList().get(i).getType(), null);
      Expression cast = Casts.to(type, field.reference());
      row.add(cast instanceof ColumnReference ? field : scope.column(cast, field.name()));
    }
    return new Relation(scope.node(), row);
  }

  private Relation values(Values values) {
    List<Field> fields = new ArrayList<>();
    List<Type> types = new ArrayList<>();
    for (var column : values.getRowType().getFieldList()) {
      types.add(RexTranslator.type(column.getType(), null));
    }
    RowScope scope = new RowScope(this, numbers, NOTHING, Set.of());
    List<List<Literal>> rows = new ArrayList<>();
    for (List<RexLiteral> tuple : values.getTuples()) {
      List<Literal> row = new ArrayList<>();
      for (int i = 0; i < tuple.size(); i++) {
        Expression value = Casts.to(types.get(i), scope.translate(tuple.get(i)));
        if (!(value instanceof Literal literal)) {
          throw PlannerErrors.valueInvalid(value + " is not " + types.get(i), null);
        }
        row.add(literal);
      }
      rows.add(row);
    }
    for (int i = 0; i < types.size(); i++) {
      int column = i;
      fields.add(
          numbers.field(
              values.getRowType().getFieldNames().get(i),
              types.get(i),
              rows.stream().anyMatch(r -> r.get(column).isNull())));
    }
    return new Relation(new Node.Values(fields, rows), fields);
  }

  private Relation scan(TableScan scan) {
    CatalogTable table = scan.getTable().unwrap(CatalogTable.class);
    if (table == null || !(table.entry() instanceof CatalogEntry.TableEntry entry)) {
      throw PlannerErrors.unsupported("scan of " + scan.getTable().getQualifiedName(), null);
    }
    CompiledColumns columns = compiler.columns(entry);
    List<Field> stored = new ArrayList<>();
    List<String> names = new ArrayList<>();
    columns.stored().forEach(c -> stored.add(numbers.field(c.name(), c.type(), c.nullable())));
    columns.stored().forEach(c -> names.add(c.name()));
    String hint =
        scan.getHints().isEmpty() ? null : scan.getHints().get(0).hintName.toUpperCase(Locale.ROOT);
    Node node =
        new Node.Scan(
            new TableReference(entry.path()),
            hint,
            compiler.statistics(entry),
            names,
            stored,
            keys(entry, stored));
    Map<Integer, Expression> references = new HashMap<>();
    for (int i = 0; i < stored.size(); i++) {
      references.put(i, stored.get(i).reference());
    }
    List<Field> row = new ArrayList<>();
    List<Node.Computed> computed = new ArrayList<>();
    for (int i = 0; i < columns.row().size(); i++) {
      Expression expression = Expressions.substitute(columns.expressions().get(i), references);
      if (expression instanceof ColumnReference column) {
        row.add(Node.field(stored, column.index()));
      } else {
        Field field =
            numbers.field(
                columns.row().get(i).name(), expression.type(), columns.row().get(i).nullable());
        computed.add(new Node.Computed(field, expression));
        row.add(field);
      }
    }
    return new Relation(Nodes.extend(node, computed), row);
  }

  private static List<Set<Integer>> keys(CatalogEntry.TableEntry entry, List<Field> stored) {
    if (!entry.definition().keyEnforced() || entry.definition().primaryKey().isEmpty()) {
      return List.of();
    }
    Set<Integer> key = new HashSet<>();
    for (String column : entry.definition().primaryKey()) {
      stored.stream().filter(f -> f.name().equalsIgnoreCase(column)).forEach(f -> key.add(f.id()));
    }
    return key.size() == entry.definition().primaryKey().size()
        ? List.of(Set.copyOf(key))
        : List.of();
  }

  static boolean isSubQuery(RexNode node) {
    return node instanceof RexSubQuery query && query.getKind() != SqlKind.SCALAR_QUERY;
  }
}
