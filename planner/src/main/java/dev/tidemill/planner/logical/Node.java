package dev.tidemill.planner.logical;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AsofComparison;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.MatchSkip;
import dev.tidemill.plan.batch.MatchValue;
import dev.tidemill.plan.batch.RowPattern;
import dev.tidemill.plan.batch.RowsPerMatch;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.WindowFunction;
import dev.tidemill.plan.function.user.UserMethod;
import dev.tidemill.storage.table.TableStatistics;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node of a logical plan. A column keeps its {@link Field#id} from where it is made up to the
 * root; a node's fields have distinct ids. Expressions may refer to fields that no input has: these
 * are <em>free</em>, and the node is correlated until a {@link Join} above it binds them.
 */
public sealed interface Node {
  /** What the rows of the result look like. */
  List<Field> fields();

  List<Node> inputs();

  /** The same node over other inputs, which have at least the fields the node refers to. */
  Node withInputs(List<Node> inputs);

  /**
   * A table's stored columns.
   *
   * @param columns the stored names of {@code fields}, in the same order
   * @param hint BROADCAST or SHUFFLE where the query says so
   * @param keys sets of fields of which no two rows have equal values; trusted
   */
  record Scan(
      TableReference table,
      @Nullable String hint,
      TableStatistics statistics,
      List<String> columns,
      List<Field> fields,
      List<Set<Integer>> keys)
      implements Node {
    @Override
    public List<Node> inputs() {
      return List.of();
    }

    @Override
    public Node withInputs(List<Node> inputs) {
      return this;
    }
  }

  /** Rows of literals. */
  record Values(List<Field> fields, List<List<Literal>> rows) implements Node {
    @Override
    public List<Node> inputs() {
      return List.of();
    }

    @Override
    public Node withInputs(List<Node> inputs) {
      return this;
    }
  }

  /** The rows for which every conjunct is TRUE. */
  record Filter(Node input, List<Expression> conjuncts) implements Node {
    public Filter {
      conjuncts = List.copyOf(conjuncts);
    }

    @Override
    public List<Field> fields() {
      return input.fields();
    }

    @Override
    public List<Node> inputs() {
      return List.of(input);
    }

    @Override
    public Node withInputs(List<Node> inputs) {
      return new Filter(inputs.get(0), conjuncts);
    }
  }

  /**
   * The input's fields, then {@code computed}: columns are never dropped here, only left unused.
   */
  record Extend(Node input, List<Computed> computed) implements Node {
    public Extend {
      computed = List.copyOf(computed);
    }

    @Override
    public List<Field> fields() {
      List<Field> fields = new ArrayList<>(input.fields());
      computed.forEach(c -> fields.add(c.field()));
      return fields;
    }

    @Override
    public List<Node> inputs() {
      return List.of(input);
    }

    @Override
    public Node withInputs(List<Node> inputs) {
      return new Extend(inputs.get(0), computed);
    }
  }

  /** A new column and what it is. */
  record Computed(Field field, Expression expression) {}

  /**
   * A join; RIGHT ones have been turned round. The right side of any kind but FULL may have free
   * fields that the left side binds (a dependent join), until they have been unnested.
   *
   * @param conjuncts for the NULL-aware kinds exactly one, {@code EQUAL(left expression, right
   *     expression)}
   * @param mark the BOOLEAN column of the mark kinds, else null
   */
  record Join(
      Node left, Node right, JoinKind kind, List<Expression> conjuncts, @Nullable Field mark)
      implements Node {
    public Join {
      conjuncts = List.copyOf(conjuncts);
    }

    @Override
    public List<Field> fields() {
      List<Field> fields = new ArrayList<>();
      boolean leftNullable = kind == JoinKind.FULL;
      boolean rightNullable = kind == JoinKind.LEFT || kind == JoinKind.FULL;
      left.fields().forEach(f -> fields.add(leftNullable ? f.asNullable() : f));
      if (kind.givesRight()) {
        right.fields().forEach(f -> fields.add(rightNullable ? f.asNullable() : f));
      }
      if (mark != null) {
        fields.add(mark);
      }
      return fields;
    }

    @Override
    public List<Node> inputs() {
      return List.of(left, right);
    }

    @Override
    public Node withInputs(List<Node> inputs) {
      return new Join(inputs.get(0), inputs.get(1), kind, conjuncts, mark);
    }
  }

  /**
   * An ASOF join: each left row with the right row of equal keys whose time is nearest to its own
   * on one side, see {@link dev.tidemill.plan.batch.AsofJoinPlan}. Neither side has fields of the
   * other.
   *
   * @param outer whether left rows without a match come too
   * @param leftKeys fields of the left side, of the same types as {@code rightKeys}
   * @param nullsMatch per key whether NULL equals NULL
   */
  record AsofJoin(
      Node left,
      Node right,
      boolean outer,
      List<Integer> leftKeys,
      List<Integer> rightKeys,
      List<Boolean> nullsMatch,
      int leftTime,
      int rightTime,
      AsofComparison comparison)
      implements Node {
    public AsofJoin {
      leftKeys = List.copyOf(leftKeys);
      rightKeys = List.copyOf(rightKeys);
      nullsMatch = List.copyOf(nullsMatch);
    }

    @Override
    public List<Field> fields() {
      List<Field> fields = new ArrayList<>(left.fields());
      right.fields().forEach(f -> fields.add(outer ? f.asNullable() : f));
      return fields;
    }

    @Override
    public List<Node> inputs() {
      return List.of(left, right);
    }

    @Override
    public AsofJoin withInputs(List<Node> inputs) {
      return new AsofJoin(
          inputs.get(0),
          inputs.get(1),
          outer,
          leftKeys,
          rightKeys,
          nullsMatch,
          leftTime,
          rightTime,
          comparison);
    }
  }

  /**
   * One row per group: keys, then calls.
   *
   * @param keys fields of the input; with one grouping set they keep their ids
   * @param keyFields the keys in the result
   * @param groupingSets positions in {@code keys}
   */
  record Aggregate(
      Node input,
      List<Field> keys,
      List<Field> keyFields,
      List<List<Integer>> groupingSets,
      List<Call> calls)
      implements Node {
    public Aggregate {
      keys = List.copyOf(keys);
      keyFields = List.copyOf(keyFields);
      calls = List.copyOf(calls);
    }

    /** A plain GROUP BY of fields. */
    public static Aggregate of(Node input, List<Field> keys, List<Call> calls) {
      List<Integer> all = new ArrayList<>();
      for (int i = 0; i < keys.size(); i++) {
        all.add(i);
      }
      return new Aggregate(input, keys, keys, List.of(all), calls);
    }

    public boolean isSimple() {
      return groupingSets.size() == 1 && groupingSets.get(0).size() == keys.size();
    }

    @Override
    public List<Field> fields() {
      List<Field> fields = new ArrayList<>(keyFields);
      calls.forEach(c -> fields.add(c.field()));
      return fields;
    }

    @Override
    public List<Node> inputs() {
      return List.of(input);
    }

    @Override
    public Node withInputs(List<Node> inputs) {
      return new Aggregate(inputs.get(0), keys, keyFields, groupingSets, calls);
    }
  }

  /**
   * An aggregate; arguments and filter are ids of input fields.
   *
   * @param user the function of a user that {@link AggregateFunction#USER} is, else null
   * @param position where it stands in the statement's text, or null where no text is to blame
   */
  record Call(
      Field field,
      AggregateFunction function,
      List<Integer> arguments,
      boolean distinct,
      @Nullable Integer filter,
      List<Literal> parameters,
      @Nullable UserMethod user,
      @Nullable SourcePosition position) {
    public Call(
        Field field,
        AggregateFunction function,
        List<Integer> arguments,
        boolean distinct,
        @Nullable Integer filter,
        @Nullable SourcePosition position) {
      this(field, function, arguments, distinct, filter, List.of(), null, position);
    }
  }

  /** The input's fields, then the calls'. */
  record Window(Node input, List<Integer> partition, List<Order> order, List<Over> calls)
      implements Node {
    @Override
    public List<Field> fields() {
      List<Field> fields = new ArrayList<>(input.fields());
      calls.forEach(c -> fields.add(c.field()));
      return fields;
    }

    @Override
    public List<Node> inputs() {
      return List.of(input);
    }

    @Override
    public Node withInputs(List<Node> inputs) {
      return new Window(inputs.get(0), partition, order, calls);
    }
  }

  /** A window function: one of {@code aggregate} and {@code function} is there. */
  record Over(
      Field field,
      @Nullable AggregateFunction aggregate,
      @Nullable WindowFunction function,
      List<Integer> arguments,
      boolean ignoreNulls,
      WindowFrame frame,
      List<Literal> parameters,
      @Nullable UserMethod user,
      @Nullable SourcePosition position) {
    public Over(
        Field field,
        @Nullable AggregateFunction aggregate,
        @Nullable WindowFunction function,
        List<Integer> arguments,
        boolean ignoreNulls,
        WindowFrame frame,
        List<Literal> parameters,
        @Nullable SourcePosition position) {
      this(field, aggregate, function, arguments, ignoreNulls, frame, parameters, null, position);
    }
  }

  /**
   * MATCH_RECOGNIZE, see {@link dev.tidemill.plan.batch.MatchPlan}: the keys of the partition or
   * the input's fields, then the measures'.
   *
   * @param conditions by variable, over the fields of {@code values}
   * @param measures over the fields of {@code values}
   */
  record Match(
      Node input,
      List<Integer> partition,
      List<Order> order,
      Pattern pattern,
      List<Expression> conditions,
      List<Value> values,
      List<Computed> measures)
      implements Node {
    public Match {
      partition = List.copyOf(partition);
      order = List.copyOf(order);
      conditions = List.copyOf(conditions);
      values = List.copyOf(values);
      measures = List.copyOf(measures);
    }

    @Override
    public List<Field> fields() {
      List<Field> fields = new ArrayList<>();
      if (pattern.rows() == RowsPerMatch.ONE) {
        partition.forEach(key -> fields.add(field(input.fields(), key)));
      } else {
        fields.addAll(input.fields());
      }
      measures.forEach(m -> fields.add(m.field()));
      return fields;
    }

    @Override
    public List<Node> inputs() {
      return List.of(input);
    }

    @Override
    public Match withInputs(List<Node> inputs) {
      return new Match(inputs.get(0), partition, order, pattern, conditions, values, measures);
    }

    /** The same of a finer partition. */
    public Match within(Node other, List<Integer> keys) {
      return new Match(other, keys, order, pattern, conditions, values, measures);
    }

    /** With some of the measures, and the values that are needed then. */
    public Match withMeasures(List<Computed> some) {
      BitSet needed = new BitSet();
      conditions.forEach(c -> Expressions.addReferences(c, needed));
      some.forEach(m -> Expressions.addReferences(m.expression(), needed));
      List<Value> fewer = values.stream().filter(v -> needed.get(v.field().id())).toList();
      return new Match(input, partition, order, pattern, conditions, fewer, some);
    }
  }

  /** What a {@link Match} looks for. */
  record Pattern(
      List<String> variables,
      RowPattern pattern,
      MatchSkip skip,
      RowsPerMatch rows,
      @Nullable Long withinMillis) {}

  /** What is known of a match, its columns by id. */
  record Value(Field field, MatchValue value) {
    /** The ids of the columns. */
    public List<Integer> columns() {
      return switch (value) {
        case MatchValue.Column v -> List.of(v.column());
        case MatchValue.Classifier v -> List.of();
        case MatchValue.MatchNumber v -> List.of();
        case MatchValue.Aggregate v -> v.arguments();
      };
    }
  }

  /** As {@link SortKey}, by id. */
  record Order(int field, boolean descending, boolean nullsFirst) {}

  /** TUMBLE, HOP and CUMULATE: the input's fields, then the window's bounds. */
  record WindowTable(
      Node input,
      int timeField,
      long sizeMillis,
      long slideMillis,
      long offsetMillis,
      boolean cumulative,
      Field start,
      Field end)
      implements Node {
    @Override
    public List<Field> fields() {
      List<Field> fields = new ArrayList<>(input.fields());
      fields.add(start);
      fields.add(end);
      return fields;
    }

    @Override
    public List<Node> inputs() {
      return List.of(input);
    }

    @Override
    public Node withInputs(List<Node> inputs) {
      return new WindowTable(
          inputs.get(0), timeField, sizeMillis, slideMillis, offsetMillis, cumulative, start, end);
    }
  }

  /** SESSION: the input's fields, then the session's bounds. */
  record SessionTable(
      Node input, List<Integer> partition, int timeField, long gapMillis, Field start, Field end)
      implements Node {
    @Override
    public List<Field> fields() {
      List<Field> fields = new ArrayList<>(input.fields());
      fields.add(start);
      fields.add(end);
      return fields;
    }

    @Override
    public List<Node> inputs() {
      return List.of(input);
    }

    @Override
    public Node withInputs(List<Node> inputs) {
      return new SessionTable(inputs.get(0), partition, timeField, gapMillis, start, end);
    }
  }

  /**
   * UNNEST: the input's fields, then what is in the collections' elements, row by row.
   *
   * @param collections fields of the input: ARRAYs, MAPs, and ROWs that stand for a series
   * @param columns per collection: the fields of its ROWs, its elements, or key and value
   * @param ordinality the element's number, or null
   * @param outer whether a row without elements comes once, with NULLs
   */
  record Unnest(
      Node input,
      List<Integer> collections,
      List<List<Field>> columns,
      @Nullable Field ordinality,
      boolean outer)
      implements Node {
    /** The new fields, as they are in the result. */
    public List<Field> produced() {
      List<Field> fields = new ArrayList<>();
      columns.forEach(fields::addAll);
      if (ordinality != null) {
        fields.add(outer ? ordinality.asNullable() : ordinality);
      }
      return fields;
    }

    @Override
    public List<Field> fields() {
      List<Field> fields = new ArrayList<>(input.fields());
      fields.addAll(produced());
      return fields;
    }

    @Override
    public List<Node> inputs() {
      return List.of(input);
    }

    @Override
    public Node withInputs(List<Node> inputs) {
      return new Unnest(inputs.get(0), collections, columns, ordinality, outer);
    }
  }

  /**
   * ORDER BY, LIMIT, OFFSET.
   *
   * @param keys none for a plain limit
   * @param limit -1 for all rows
   */
  record Sort(Node input, List<Order> keys, long limit, long offset) implements Node {
    public boolean isLimit() {
      return limit >= 0 || offset > 0;
    }

    @Override
    public List<Field> fields() {
      return input.fields();
    }

    @Override
    public List<Node> inputs() {
      return List.of(input);
    }

    @Override
    public Node withInputs(List<Node> inputs) {
      return new Sort(inputs.get(0), keys, limit, offset);
    }
  }

  /**
   * UNION ALL, INTERSECT or EXCEPT.
   *
   * @param columns per input the ids of its columns, in the order of {@code fields}; their types
   *     are equal
   */
  record SetOperation(
      Kind kind, boolean all, List<Node> inputs, List<List<Integer>> columns, List<Field> fields)
      implements Node {
    /** Which one. UNION is always ALL: a distinct one has an aggregate above it. */
    public enum Kind {
      UNION,
      INTERSECT,
      EXCEPT
    }

    @Override
    public Node withInputs(List<Node> others) {
      return new SetOperation(kind, all, others, columns, fields);
    }
  }

  /**
   * WITH RECURSIVE: the rows of {@code first}, then what {@code next} makes of them, round by
   * round.
   *
   * @param number of the {@link WorkingTable} that {@code next} reads
   * @param distinct whether each row comes once
   * @param columns per input, first and next, the ids of its columns, in the order of {@code
   *     fields}; their types are equal
   * @param fields may all be NULL
   */
  record Recursion(
      Node first,
      Node next,
      int number,
      boolean distinct,
      List<List<Integer>> columns,
      List<Field> fields)
      implements Node {
    @Override
    public List<Node> inputs() {
      return List.of(first, next);
    }

    @Override
    public Node withInputs(List<Node> inputs) {
      return new Recursion(inputs.get(0), inputs.get(1), number, distinct, columns, fields);
    }
  }

  /** The rows of the round before, within the {@link Recursion} of this number. */
  record WorkingTable(int number, List<Field> fields) implements Node {
    @Override
    public List<Node> inputs() {
      return List.of();
    }

    @Override
    public Node withInputs(List<Node> inputs) {
      return this;
    }
  }

  /** The type of field {@code id} among {@code fields}. */
  static Field field(List<Field> fields, int id) {
    for (Field field : fields) {
      if (field.id() == id) {
        return field;
      }
    }
    throw new IllegalArgumentException("no field " + id + " in " + fields);
  }

  static Type typeOf(List<Field> fields, int id) {
    return field(fields, id).type();
  }
}
