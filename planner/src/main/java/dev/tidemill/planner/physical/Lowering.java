package dev.tidemill.planner.physical;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.AsofJoinPlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.plan.batch.ExceptPlan;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.IntersectPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.LimitPlan;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.MatchValue;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.RecursivePlan;
import dev.tidemill.plan.batch.RowsPerMatch;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SessionTablePlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.SortPlan;
import dev.tidemill.plan.batch.TopNPlan;
import dev.tidemill.plan.batch.UnionPlan;
import dev.tidemill.plan.batch.UnnestPlan;
import dev.tidemill.plan.batch.ValuesPlan;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.batch.WindowTablePlan;
import dev.tidemill.plan.batch.WorkingTablePlan;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.join.Estimator;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes the batch plan: every node asks its inputs for the columns it needs, and no more come. */
public final class Lowering {
  private final Estimator estimator;
  private final FieldNumbers numbers;
  private final Distributions distributions;
  private final long maxRecursion;
  private final Map<Node, BitSet> added;

  /**
   * @param maxRecursion most rounds of a recursive query
   * @param added per node, by identity, what it is to give beside the fields asked for
   */
  public Lowering(
      Estimator estimator,
      FieldNumbers numbers,
      JoinDistribution distribution,
      long broadcastThresholdBytes,
      long maxRecursion,
      Map<Node, BitSet> added) {
    this.maxRecursion = maxRecursion;
    this.added = added;
    this.estimator = estimator;
    this.numbers = numbers;
    this.distributions = new Distributions(distribution, broadcastThresholdBytes);
  }

  /** A batch plan and which field each of its columns is. */
  private record Lowered(BatchPlan plan, List<Field> fields) {
    int position(int id) {
      for (int i = 0; i < fields.size(); i++) {
        if (fields.get(i).id() == id) {
          return i;
        }
      }
      throw new IllegalStateException("field " + id + " is not among " + fields);
    }

    /** The expression over the plan's columns. */
    Expression resolve(Expression expression) {
      Map<Integer, Expression> references = new HashMap<>();
      for (int i = 0; i < fields.size(); i++) {
        references.putIfAbsent(fields.get(i).id(), new ColumnReference(i, fields.get(i).type()));
      }
      return Expressions.substitute(expression, references);
    }

    List<Integer> positions(List<Integer> ids) {
      return ids.stream().map(this::position).toList();
    }

    BitSet nullable() {
      return Nodes.nullable(fields);
    }
  }

  /** The plan whose columns are {@code row}, called {@code names}. */
  public BatchPlan lower(Node node, List<Field> row, List<String> names) {
    BitSet needed = Nodes.ids(row);
    if (node instanceof Node.Sort sort) {
      return sorted(sort, row, names, needed);
    }
    return named(lower(node, needed), row, names);
  }

  /** A sort on top keeps its place there: the columns are put right below it. */
  private BatchPlan sorted(Node.Sort sort, List<Field> row, List<String> names, BitSet needed) {
    BitSet below = (BitSet) needed.clone();
    sort.keys().forEach(k -> below.set(k.field()));
    Lowered input = lower(sort.input(), below);
    List<Field> fields = new ArrayList<>(row);
    List<String> all = new ArrayList<>(names);
    for (Node.Order key : sort.keys()) {
      if (fields.stream().noneMatch(f -> f.id() == key.field())) {
        Field field = Node.field(input.fields(), key.field());
        fields.add(field);
        all.add(field.name());
      }
    }
    Lowered arranged = new Lowered(named(input, fields, all), fields);
    Lowered result = sort(sort, arranged);
    return fields.size() == row.size() ? result.plan() : named(result, row, names);
  }

  private static BatchPlan named(Lowered input, List<Field> row, List<String> names) {
    boolean same = input.fields().size() == row.size();
    for (int i = 0; same && i < row.size(); i++) {
      same =
          input.fields().get(i).id() == row.get(i).id()
              && input.plan().columns().get(i).name().equals(names.get(i));
    }
    if (same) {
      return input.plan();
    }
    List<Expression> expressions = new ArrayList<>();
    List<OutputColumn> columns = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      int position = input.position(row.get(i).id());
      OutputColumn column = input.plan().columns().get(position);
      expressions.add(new ColumnReference(position, column.type()));
      columns.add(new OutputColumn(names.get(i), column.type(), column.nullable()));
    }
    return project(input.plan(), expressions, columns);
  }

  /** A projection; over one that only computes, both are one. */
  private static BatchPlan project(
      BatchPlan input, List<Expression> expressions, List<OutputColumn> columns) {
    if (input instanceof ProjectPlan below
        && expressions.stream().allMatch(e -> e instanceof ColumnReference)
        && below.expressions().stream().noneMatch(Expressions::isVolatile)) {
      return new ProjectPlan(
          below.input(),
          expressions.stream()
              .map(e -> below.expressions().get(((ColumnReference) e).index()))
              .toList(),
          columns);
    }
    return new ProjectPlan(input, expressions, columns);
  }

  private Lowered lower(Node node, BitSet wanted) {
    BitSet needed = wanted;
    BitSet more = added.get(node);
    if (more != null) {
      needed = (BitSet) wanted.clone();
      needed.or(more);
    }
    return lowered(node, needed);
  }

  private Lowered lowered(Node node, BitSet needed) {
    return switch (node) {
      case Node.Scan n -> scan(n, List.of(), needed, estimator.rows(n));
      case Node.Values n -> values(n, needed);
      case Node.Filter n -> filter(n, needed);
      case Node.Extend n -> extend(n, needed);
      case Node.Join n -> join(n, needed);
      case Node.AsofJoin n -> asofJoin(n, needed);
      case Node.Aggregate n -> aggregate(n, needed);
      case Node.Window n -> window(n, needed);
      case Node.Match n -> match(n, needed);
      case Node.WindowTable n -> windowTable(n, needed);
      case Node.SessionTable n -> sessionTable(n, needed);
      case Node.Unnest n -> unnest(n, needed);
      case Node.Sort n -> {
        BitSet below = (BitSet) needed.clone();
        n.keys().forEach(k -> below.set(k.field()));
        yield sort(n, lower(n.input(), below));
      }
      case Node.SetOperation n -> setOperation(n, needed);
      case Node.Recursion n -> recursion(n);
      case Node.WorkingTable n ->
          new Lowered(new WorkingTablePlan(n.number(), columns(n.fields())), n.fields());
    };
  }

  /** The input with the needed columns only, if it has others. */
  private static Lowered trimmed(Lowered input, BitSet needed) {
    List<Field> kept = input.fields().stream().filter(f -> needed.get(f.id())).toList();
    if (kept.size() == input.fields().size() || kept.isEmpty()) {
      return input;
    }
    List<Expression> expressions = new ArrayList<>();
    List<OutputColumn> columns = new ArrayList<>();
    for (Field field : kept) {
      int position = input.position(field.id());
      expressions.add(new ColumnReference(position, field.type()));
      columns.add(input.plan().columns().get(position));
    }
    return new Lowered(project(input.plan(), expressions, columns), kept);
  }

  private static OutputColumn column(Field field) {
    return new OutputColumn(field.name(), field.type(), field.nullable());
  }

  private static List<OutputColumn> columns(List<Field> fields) {
    return fields.stream().map(Lowering::column).toList();
  }

  private Lowered scan(Node.Scan scan, List<Expression> filters, BitSet needed, double rows) {
    List<Field> fields = new ArrayList<>();
    List<OutputColumn> columns = new ArrayList<>();
    BitSet wanted = (BitSet) needed.clone();
    filters.forEach(f -> Expressions.addReferences(f, wanted));
    for (int i = 0; i < scan.fields().size(); i++) {
      Field field = scan.fields().get(i);
      if (wanted.get(field.id())) {
        fields.add(field);
        columns.add(new OutputColumn(scan.columns().get(i), field.type(), field.nullable()));
      }
    }
    Lowered base = new Lowered(new ValuesPlan(List.of(), List.of()), fields);
    return new Lowered(
        new ScanPlan(
            scan.table(),
            columns,
            filters.stream().map(base::resolve).toList(),
            -1,
            Math.rint(rows)),
        fields);
  }

  private static Lowered values(Node.Values values, BitSet needed) {
    List<Integer> kept =
        IntStream.range(0, values.fields().size())
            .filter(i -> needed.get(values.fields().get(i).id()))
            .boxed()
            .toList();
    List<Field> fields = kept.stream().map(i -> values.fields().get(i)).toList();
    List<List<Literal>> rows = new ArrayList<>();
    for (List<Literal> row : values.rows()) {
      rows.add(kept.stream().map(row::get).toList());
    }
    return new Lowered(new ValuesPlan(columns(fields), rows), fields);
  }

  private Lowered filter(Node.Filter filter, BitSet needed) {
    List<Expression> pushed = new ArrayList<>();
    List<Expression> rest = new ArrayList<>();
    for (Expression conjunct : filter.conjuncts()) {
      boolean harmless =
          filter.input() instanceof Node.Scan
              && !Expressions.isVolatile(conjunct)
              && !conjunct.mayFail();
      (harmless ? pushed : rest).add(conjunct);
    }
    BitSet below = (BitSet) needed.clone();
    rest.forEach(c -> Expressions.addReferences(c, below));
    Lowered input =
        filter.input() instanceof Node.Scan scan
            ? scan(scan, pushed, below, estimator.rows(new Node.Filter(scan, pushed)))
            : lower(filter.input(), below);
    return rest.isEmpty()
        ? input
        : new Lowered(
            new FilterPlan(input.plan(), input.resolve(Expressions.and(rest))), input.fields());
  }

  private Lowered extend(Node.Extend extend, BitSet needed) {
    List<Node.Computed> computed =
        extend.computed().stream().filter(c -> needed.get(c.field().id())).toList();
    BitSet below = (BitSet) needed.clone();
    computed.forEach(c -> Expressions.addReferences(c.expression(), below));
    Lowered input = lower(extend.input(), below);
    if (computed.isEmpty()) {
      return input;
    }
    List<Expression> expressions = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    for (Field field : input.fields()) {
      if (needed.get(field.id())) {
        expressions.add(new ColumnReference(input.position(field.id()), field.type()));
        fields.add(field);
      }
    }
    BitSet nullable = input.nullable();
    for (Node.Computed c : computed) {
      expressions.add(input.resolve(c.expression()));
      boolean mayBeNull = Expressions.nullable(c.expression(), nullable);
      fields.add(new Field(c.field().id(), c.field().name(), c.field().type(), mayBeNull));
    }
    return new Lowered(project(input.plan(), expressions, columns(fields)), fields);
  }

  /** A side of a join with its keys as columns. */
  private record Side(Lowered plan, List<Integer> keys) {}

  private record Key(Expression left, Expression right, boolean nullsMatch) {}

  private Lowered join(Node.Join join, BitSet needed) {
    List<Key> keys = new ArrayList<>();
    List<Expression> rest = new ArrayList<>();
    BitSet leftFields = Nodes.ids(join.left());
    BitSet rightFields = Nodes.ids(join.right());
    for (Expression conjunct : join.conjuncts()) {
      Key key = key(conjunct, leftFields, rightFields);
      if (key == null) {
        rest.add(conjunct);
      } else {
        keys.add(key);
      }
    }
    boolean swap = isTurned(join, needed, rest, keys);
    Node.Join turned =
        swap
            ? new Node.Join(join.right(), join.left(), turned(join.kind()), join.conjuncts(), null)
            : join;
    List<Key> turnedKeys =
        swap ? keys.stream().map(k -> new Key(k.right(), k.left(), k.nullsMatch())).toList() : keys;
    return lowerJoin(turned, turnedKeys, rest, needed, estimator.rows(join));
  }

  private static JoinKind turned(JoinKind kind) {
    return kind == JoinKind.LEFT ? JoinKind.RIGHT : kind;
  }

  /** Whether the left side is to be built: it is smaller, or a hint says so. */
  private boolean isTurned(Node.Join join, BitSet needed, List<Expression> rest, List<Key> keys) {
    boolean free = join.kind() == JoinKind.INNER || join.kind() == JoinKind.LEFT && !keys.isEmpty();
    if (!free) {
      return false;
    }
    String left = Distributions.hint(join.left());
    String right = Distributions.hint(join.right());
    if ("BROADCAST".equals(left) != "BROADCAST".equals(right)) {
      return "BROADCAST".equals(left);
    }
    BitSet wanted = wanted(needed, rest, keys);
    double leftBytes = estimator.bytes(join.left(), wanted);
    double rightBytes = estimator.bytes(join.right(), wanted);
    return join.kind() == JoinKind.INNER ? leftBytes < rightBytes : leftBytes * 2 < rightBytes;
  }

  private static BitSet wanted(BitSet needed, List<Expression> rest, List<Key> keys) {
    BitSet wanted = (BitSet) needed.clone();
    rest.forEach(c -> Expressions.addReferences(c, wanted));
    for (Key key : keys) {
      Expressions.addReferences(key.left(), wanted);
      Expressions.addReferences(key.right(), wanted);
    }
    return wanted;
  }

  private static @Nullable Key key(Expression conjunct, BitSet left, BitSet right) {
    if (!(conjunct instanceof Call call)
        || call.function() != ScalarFunction.EQUAL
            && call.function() != ScalarFunction.IS_NOT_DISTINCT
        || Expressions.isVolatile(conjunct)) {
      return null;
    }
    Expression a = call.arguments().get(0);
    Expression b = call.arguments().get(1);
    boolean nullsMatch = call.function() == ScalarFunction.IS_NOT_DISTINCT;
    if (Expressions.within(a, left) && Expressions.within(b, right)) {
      return new Key(a, b, nullsMatch);
    }
    return Expressions.within(b, left) && Expressions.within(a, right)
        ? new Key(b, a, nullsMatch)
        : null;
  }

  private Lowered lowerJoin(
      Node.Join join, List<Key> keys, List<Expression> rest, BitSet needed, double rows) {
    BitSet residual = (BitSet) needed.clone();
    rest.forEach(c -> Expressions.addReferences(c, residual));
    if (keys.isEmpty()) {
      Lowered left = trimmed(lower(join.left(), residual), residual);
      Lowered right = trimmed(lower(join.right(), residual), residual);
      List<Field> fields = joinedFields(join, left, right);
      Expression condition =
          rest.isEmpty() ? null : both(left, right).resolve(Expressions.and(rest));
      return new Lowered(
          new NestedLoopJoinPlan(
              left.plan(), right.plan(), join.kind(), condition, columns(fields), Math.rint(rows)),
          fields);
    }
    Side left = side(join.left(), residual, keys.stream().map(Key::left).toList());
    Side right = side(join.right(), residual, keys.stream().map(Key::right).toList());
    boolean buildsLeft = buildsLeft(join);
    double buildBytes =
        buildsLeft
            ? estimator.bytes(join.left(), Nodes.ids(left.plan().fields()))
            : estimator.bytes(join.right(), Nodes.ids(right.plan().fields()));
    Distributions.Decision decision =
        buildsLeft
            ? distributions.decide(join.right(), join.left(), buildBytes)
            : distributions.decide(join.left(), join.right(), buildBytes);
    List<Field> fields = joinedFields(join, left.plan(), right.plan());
    Expression condition =
        rest.isEmpty() ? null : both(left.plan(), right.plan()).resolve(Expressions.and(rest));
    BatchPlan leftInput = left.plan().plan();
    BatchPlan rightInput = right.plan().plan();
    if (decision.distribution() == Distribution.SHUFFLE) {
      leftInput = new ExchangePlan(leftInput, ExchangePlan.Kind.HASH, left.keys());
      rightInput = new ExchangePlan(rightInput, ExchangePlan.Kind.HASH, right.keys());
    } else if (buildsLeft) {
      leftInput = new ExchangePlan(leftInput, ExchangePlan.Kind.BROADCAST, List.of());
    } else {
      rightInput = new ExchangePlan(rightInput, ExchangePlan.Kind.BROADCAST, List.of());
    }
    return new Lowered(
        new HashJoinPlan(
            leftInput,
            rightInput,
            join.kind(),
            left.keys(),
            right.keys(),
            keys.stream().map(Key::nullsMatch).toList(),
            condition,
            buildsLeft,
            columns(fields),
            decision.distribution(),
            decision.reason(),
            Math.rint(rows)),
        fields);
  }

  /** Whether a join that keeps left rows by their matches builds these, being fewer. */
  private boolean buildsLeft(Node.Join join) {
    if (join.kind() != JoinKind.SEMI && join.kind() != JoinKind.ANTI) {
      return false;
    }
    if ("BROADCAST".equals(Distributions.hint(join.right()))) {
      return false;
    }
    return "BROADCAST".equals(Distributions.hint(join.left()))
        || estimator.rows(join.left()) < estimator.rows(join.right());
  }

  private static Lowered both(Lowered left, Lowered right) {
    List<Field> fields = new ArrayList<>(left.fields());
    fields.addAll(right.fields());
    return new Lowered(left.plan(), fields);
  }

  private static List<Field> joinedFields(Node.Join join, Lowered left, Lowered right) {
    List<Field> fields = new ArrayList<>();
    boolean leftNullable = join.kind() == JoinKind.RIGHT || join.kind() == JoinKind.FULL;
    boolean rightNullable = join.kind() == JoinKind.LEFT || join.kind() == JoinKind.FULL;
    left.fields().forEach(f -> fields.add(leftNullable ? f.asNullable() : f));
    if (join.kind().givesRight()) {
      right.fields().forEach(f -> fields.add(rightNullable ? f.asNullable() : f));
    }
    if (join.mark() != null) {
      fields.add(join.mark());
    }
    return fields;
  }

  private Side side(Node node, BitSet residual, List<Expression> keys) {
    List<Node.Computed> computed = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    BitSet wanted = (BitSet) residual.clone();
    for (Expression key : keys) {
      if (key instanceof ColumnReference column) {
        ids.add(column.index());
      } else {
        Field field = numbers.field("key", key.type(), true);
        computed.add(new Node.Computed(field, key));
        ids.add(field.id());
      }
    }
    ids.forEach(wanted::set);
    Lowered plan = trimmed(lower(Nodes.extend(node, computed), wanted), wanted);
    return new Side(plan, plan.positions(ids));
  }

  private Lowered asofJoin(Node.AsofJoin join, BitSet needed) {
    BitSet wanted = (BitSet) needed.clone();
    wanted.or(Nodes.ownReferences(join));
    Lowered left = trimmed(lower(join.left(), wanted), wanted);
    Lowered right = trimmed(lower(join.right(), wanted), wanted);
    List<Field> fields = new ArrayList<>(left.fields());
    right.fields().forEach(f -> fields.add(join.outer() ? f.asNullable() : f));
    return new Lowered(
        new AsofJoinPlan(
            left.plan(),
            right.plan(),
            join.outer(),
            left.positions(join.leftKeys()),
            right.positions(join.rightKeys()),
            join.nullsMatch(),
            left.position(join.leftTime()),
            right.position(join.rightTime()),
            join.comparison(),
            right.positions(ties(join, right.fields())),
            columns(fields),
            Math.rint(estimator.rows(join))),
        fields);
  }

  /** In the order in which the query's text makes the fields, whatever the plan does. */
  private static List<Integer> ties(Node.AsofJoin join, List<Field> right) {
    return right.stream()
        .map(Field::id)
        .filter(id -> id != join.rightTime() && !join.rightKeys().contains(id))
        .sorted()
        .toList();
  }

  private Lowered aggregate(Node.Aggregate aggregate, BitSet needed) {
    List<Node.Call> calls =
        aggregate.calls().stream().filter(c -> needed.get(c.field().id())).toList();
    BitSet below = new BitSet();
    aggregate.keys().forEach(k -> below.set(k.id()));
    for (Node.Call call : calls) {
      call.arguments().forEach(below::set);
      if (call.filter() != null) {
        below.set(call.filter());
      }
    }
    Lowered input = lower(aggregate.input(), below);
    List<Field> fields = new ArrayList<>();
    boolean simple = aggregate.isSimple();
    for (int i = 0; i < aggregate.keys().size(); i++) {
      Field key = Node.field(input.fields(), aggregate.keys().get(i).id());
      Field field = aggregate.keyFields().get(i);
      fields.add(new Field(field.id(), key.name(), field.type(), !simple || key.nullable()));
    }
    List<AggregateCall> lowered = new ArrayList<>();
    for (Node.Call call : calls) {
      fields.add(call.field());
      lowered.add(
          new AggregateCall(
              call.function(),
              input.positions(call.arguments()),
              call.distinct(),
              call.filter() == null ? -1 : input.position(call.filter()),
              call.field().type(),
              call.parameters(),
              call.user(),
              call.position()));
    }
    return new Lowered(
        new AggregatePlan(
            input.plan(),
            input.positions(aggregate.keys().stream().map(Field::id).toList()),
            aggregate.groupingSets(),
            lowered,
            columns(fields),
            Math.rint(estimator.rows(aggregate))),
        fields);
  }

  private Lowered window(Node.Window window, BitSet needed) {
    List<Node.Over> calls =
        window.calls().stream().filter(c -> needed.get(c.field().id())).toList();
    if (calls.isEmpty()) {
      return lower(window.input(), needed);
    }
    BitSet below = (BitSet) needed.clone();
    window.partition().forEach(below::set);
    window.order().forEach(o -> below.set(o.field()));
    calls.forEach(c -> c.arguments().forEach(below::set));
    Lowered input = trimmed(lower(window.input(), below), below);
    List<Field> fields = new ArrayList<>(input.fields());
    List<WindowCall> lowered = new ArrayList<>();
    for (Node.Over call : calls) {
      fields.add(call.field());
      List<Integer> arguments = input.positions(call.arguments());
      Type type = call.field().type();
      if (call.aggregate() != null) {
        lowered.add(
            new WindowCall.Aggregate(
                call.aggregate(),
                arguments,
                call.frame(),
                type,
                call.parameters(),
                call.user(),
                call.position()));
      } else if (call.function() != null) {
        lowered.add(
            new WindowCall.Function(
                call.function(),
                arguments,
                call.ignoreNulls(),
                call.frame(),
                type,
                call.position()));
      }
    }
    return new Lowered(
        new WindowPlan(
            input.plan(),
            input.positions(window.partition()),
            keys(window.order(), input),
            lowered,
            columns(fields)),
        fields);
  }

  private Lowered match(Node.Match whole, BitSet needed) {
    Node.Match match =
        whole.withMeasures(
            whole.measures().stream().filter(m -> needed.get(m.field().id())).toList());
    BitSet below = Nodes.ownReferences(match);
    boolean one = match.pattern().rows() == RowsPerMatch.ONE;
    if (!one) {
      below.or(needed);
    }
    Lowered input = trimmed(lower(match.input(), below), below);
    List<Field> fields = new ArrayList<>();
    if (one) {
      match.partition().forEach(key -> fields.add(Node.field(input.fields(), key)));
    } else {
      fields.addAll(input.fields());
    }
    match.measures().forEach(m -> fields.add(m.field()));
    Lowered values =
        new Lowered(input.plan(), match.values().stream().map(Node.Value::field).toList());
    List<MatchValue> lowered = new ArrayList<>();
    match.values().forEach(v -> lowered.add(v.value().withColumns(input::position)));
    return new Lowered(
        new MatchPlan(
            input.plan(),
            input.positions(match.partition()),
            keys(match.order(), input),
            match.pattern().variables(),
            match.pattern().pattern(),
            match.conditions().stream().map(values::resolve).toList(),
            match.pattern().skip(),
            match.pattern().rows(),
            lowered,
            match.measures().stream().map(m -> values.resolve(m.expression())).toList(),
            columns(fields),
            match.pattern().withinMillis()),
        fields);
  }

  private Lowered windowTable(Node.WindowTable table, BitSet needed) {
    BitSet below = (BitSet) needed.clone();
    below.set(table.timeField());
    Lowered input = lower(table.input(), below);
    List<Field> fields = new ArrayList<>(input.fields());
    fields.add(table.start());
    fields.add(table.end());
    return new Lowered(
        new WindowTablePlan(
            input.plan(),
            input.position(table.timeField()),
            table.sizeMillis(),
            table.slideMillis(),
            table.offsetMillis(),
            table.cumulative()),
        fields);
  }

  private Lowered sessionTable(Node.SessionTable table, BitSet needed) {
    BitSet below = (BitSet) needed.clone();
    table.partition().forEach(below::set);
    below.set(table.timeField());
    Lowered input = trimmed(lower(table.input(), below), below);
    List<Field> fields = new ArrayList<>(input.fields());
    fields.add(table.start());
    fields.add(table.end());
    return new Lowered(
        new SessionTablePlan(
            input.plan(),
            input.positions(table.partition()),
            input.position(table.timeField()),
            table.gapMillis()),
        fields);
  }

  private Lowered unnest(Node.Unnest unnest, BitSet needed) {
    BitSet below = (BitSet) needed.clone();
    unnest.collections().forEach(below::set);
    Lowered input = lower(unnest.input(), below);
    List<Field> fields =
        new ArrayList<>(input.fields().stream().filter(f -> needed.get(f.id())).toList());
    List<Integer> kept = fields.stream().map(f -> input.position(f.id())).toList();
    fields.addAll(unnest.produced());
    return new Lowered(
        new UnnestPlan(
            input.plan(),
            input.positions(unnest.collections()),
            kept,
            columns(unnest.produced()),
            unnest.ordinality() != null,
            unnest.outer()),
        fields);
  }

  private static List<SortKey> keys(List<Node.Order> order, Lowered input) {
    return order.stream()
        .map(o -> new SortKey(input.position(o.field()), o.descending(), o.nullsFirst()))
        .toList();
  }

  private static Lowered sort(Node.Sort sort, Lowered input) {
    List<SortKey> keys = keys(sort.keys(), input);
    BatchPlan plan;
    if (keys.isEmpty()) {
      plan = limited(input.plan(), sort.limit(), sort.offset());
    } else if (sort.limit() >= 0) {
      plan = new TopNPlan(input.plan(), keys, sort.limit(), sort.offset());
    } else {
      plan = new SortPlan(input.plan(), keys);
      if (sort.offset() > 0) {
        plan = new LimitPlan(plan, -1, sort.offset());
      }
    }
    return new Lowered(plan, input.fields());
  }

  private static BatchPlan limited(BatchPlan input, long limit, long offset) {
    if (limit < 0 && offset <= 0) {
      return input;
    }
    long rows = limit < 0 || limit > Long.MAX_VALUE - offset ? -1 : limit + offset;
    return new LimitPlan(rows < 0 ? input : withLimit(input, rows), limit, Math.max(0, offset));
  }

  /** The plan with the limit at its scan, where nothing in between changes the number of rows. */
  private static BatchPlan withLimit(BatchPlan plan, long rows) {
    return switch (plan) {
      case ScanPlan scan when scan.filters().isEmpty() ->
          new ScanPlan(scan.table(), scan.columns(), scan.filters(), rows, scan.estimatedRows());
      case ProjectPlan project -> project.withInputs(List.of(withLimit(project.input(), rows)));
      default -> plan;
    };
  }

  private Lowered setOperation(Node.SetOperation operation, BitSet needed) {
    boolean union = operation.kind() == Node.SetOperation.Kind.UNION;
    List<Integer> kept =
        IntStream.range(0, operation.fields().size())
            .filter(i -> !union || needed.get(operation.fields().get(i).id()))
            .boxed()
            .toList();
    List<BatchPlan> inputs = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    for (int input = 0; input < operation.inputs().size(); input++) {
      List<Integer> ids = operation.columns().get(input);
      BitSet below = new BitSet();
      kept.forEach(i -> below.set(ids.get(i)));
      Lowered lowered = lower(operation.inputs().get(input), below);
      List<Field> row = kept.stream().map(i -> Node.field(lowered.fields(), ids.get(i))).toList();
      List<String> names = kept.stream().map(i -> operation.fields().get(i).name()).toList();
      BatchPlan exact = exact(lowered, row, names);
      if (union && exact instanceof UnionPlan nested) {
        inputs.addAll(nested.inputs());
      } else {
        inputs.add(exact);
      }
    }
    for (int position = 0; position < kept.size(); position++) {
      Field field = operation.fields().get(kept.get(position));
      int at = position;
      boolean nullable =
          switch (operation.kind()) {
            case UNION -> inputs.stream().anyMatch(i -> i.columns().get(at).nullable());
            case INTERSECT -> inputs.stream().allMatch(i -> i.columns().get(at).nullable());
            case EXCEPT -> inputs.get(0).columns().get(at).nullable();
          };
      fields.add(new Field(field.id(), field.name(), field.type(), nullable));
    }
    BatchPlan plan =
        switch (operation.kind()) {
          case UNION -> new UnionPlan(inputs, columns(fields));
          case INTERSECT ->
              new IntersectPlan(inputs.get(0), inputs.get(1), operation.all(), columns(fields));
          case EXCEPT ->
              new ExceptPlan(inputs.get(0), inputs.get(1), operation.all(), columns(fields));
        };
    return new Lowered(plan, fields);
  }

  /** All columns stay: each may decide what the next round gives. */
  private Lowered recursion(Node.Recursion recursion) {
    List<BatchPlan> inputs = new ArrayList<>();
    List<String> names = recursion.fields().stream().map(Field::name).toList();
    for (int input = 0; input < recursion.inputs().size(); input++) {
      List<Integer> ids = recursion.columns().get(input);
      BitSet below = new BitSet();
      ids.forEach(below::set);
      Lowered lowered = lower(recursion.inputs().get(input), below);
      List<Field> row = ids.stream().map(id -> Node.field(lowered.fields(), id)).toList();
      inputs.add(named(lowered, row, names));
    }
    return new Lowered(
        new RecursivePlan(
            inputs.get(0),
            inputs.get(1),
            recursion.number(),
            columns(recursion.fields()),
            recursion.distinct(),
            maxRecursion),
        recursion.fields());
  }

  /** The input with exactly these columns in this order; their names may stay. */
  private static BatchPlan exact(Lowered input, List<Field> row, List<String> names) {
    boolean same = input.fields().size() == row.size();
    for (int i = 0; same && i < row.size(); i++) {
      same = input.fields().get(i).id() == row.get(i).id();
    }
    return same ? input.plan() : named(input, row, names);
  }
}
