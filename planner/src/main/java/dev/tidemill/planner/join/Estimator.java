package dev.tidemill.planner.join;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.RowsPerMatch;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.InList;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.ValueDistribution;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Estimates rows, distinct values and bytes, bottom-up. Remembers what it has said of a node. */
public final class Estimator {
  private static final double UNKNOWN_ROWS = 10_000;

  /** What a round of a recursive query is taken to give. */
  private static final double ROUND_ROWS = 1_000;

  /** How many elements an array is taken to have. */
  private static final double ELEMENTS = 4;

  /** Rows that a match of MATCH_RECOGNIZE is found in. */
  private static final double ROWS_OF_MATCH = 10;

  private static final double UNKNOWN_ROW_BYTES = 100;
  private static final double UNKNOWN_EQUALITY = 0.1;
  private static final double UNKNOWN_RANGE = 0.2;
  private static final double LIKE = 0.1;

  private final Map<Node, Estimate> known = new IdentityHashMap<>();

  /** What {@code node} is thought to be like. */
  public Estimate of(Node node) {
    Estimate estimate = known.get(node);
    if (estimate == null) {
      estimate = estimate(node);
      known.put(node, estimate);
    }
    return estimate;
  }

  public double rows(Node node) {
    return of(node).rows();
  }

  /** Bytes of the node's rows, of the fields {@code needed} only. */
  public double bytes(Node node, BitSet needed) {
    Estimate estimate = of(node);
    double width = 0;
    for (Field field : node.fields()) {
      if (needed.get(field.id())) {
        width += estimate.bytes(field.id(), field.type());
      }
    }
    return estimate.rows() * Math.max(1, width);
  }

  private Estimate estimate(Node node) {
    return switch (node) {
      case Node.Scan n -> scan(n);
      case Node.Values n -> new Estimate(n.rows().size(), Map.of());
      case Node.Filter n -> filtered(of(n.input()), n.conjuncts());
      case Node.Extend n -> extended(n);
      case Node.Join n -> join(n);
      case Node.AsofJoin n -> asofJoin(n);
      case Node.Aggregate n -> aggregate(n);
      case Node.Window n -> of(n.input());
      case Node.Match n -> match(n);
      case Node.SessionTable n -> of(n.input());
      case Node.WindowTable n -> {
        Estimate input = of(n.input());
        yield input.withRows(input.rows() * Math.max(1, (double) n.sizeMillis() / n.slideMillis()));
      }
      case Node.Unnest n -> {
        Estimate input = of(n.input());
        yield input.withRows(input.rows() * ELEMENTS);
      }
      case Node.Sort n -> {
        Estimate input = of(n.input());
        double rows = Math.max(0, input.rows() - n.offset());
        yield n.limit() >= 0 ? input.withRows(Math.min(rows, n.limit())) : input.withRows(rows);
      }
      case Node.SetOperation n -> setOperation(n);
      case Node.Recursion n -> new Estimate(UNKNOWN_ROWS, Map.of());
      case Node.WorkingTable n -> new Estimate(ROUND_ROWS, Map.of());
    };
  }

  private Estimate match(Node.Match match) {
    Estimate input = of(match.input());
    return match.pattern().rows() == RowsPerMatch.ONE
        ? new Estimate(Math.max(1, input.rows() / ROWS_OF_MATCH), Map.of())
        : input;
  }

  private static Estimate scan(Node.Scan scan) {
    TableStatistics statistics = scan.statistics();
    double rows =
        statistics.rows() >= 0
            ? statistics.rows()
            : statistics.bytes() >= 0 ? statistics.bytes() / UNKNOWN_ROW_BYTES : UNKNOWN_ROWS;
    Map<Integer, Estimate.Column> columns = new HashMap<>();
    for (int i = 0; i < scan.fields().size(); i++) {
      Field field = scan.fields().get(i);
      boolean key = scan.keys().stream().anyMatch(k -> k.equals(Set.of(field.id())));
      columns.put(
          field.id(), column(field, statistics.columns().get(scan.columns().get(i)), rows, key));
    }
    return new Estimate(rows, columns);
  }

  private static Estimate.Column column(
      Field field,
      TableStatistics.@Nullable ColumnStatistics statistics,
      double rows,
      boolean key) {
    double min = statistics == null ? Double.NaN : number(statistics.min());
    double max = statistics == null ? Double.NaN : number(statistics.max());
    double nulls =
        statistics == null || statistics.nulls() < 0 || rows <= 0 ? 0 : statistics.nulls() / rows;
    double distinct;
    if (key) {
      distinct = rows;
    } else if (statistics != null && statistics.distinct() >= 0) {
      distinct = statistics.distinct();
    } else {
      double guess =
          switch (field.type()) {
            case Type.Bool t -> 2;
            case Type.Int t -> Double.isNaN(max - min) ? rows / 10 : max - min + 1;
            case Type.Date t -> Double.isNaN(max - min) ? rows / 10 : max - min + 1;
            default -> rows / 10;
          };
      distinct = Math.max(1, Math.min(rows, guess));
    }
    // As rows are held in memory; files hold them smaller.
    double stored = statistics == null ? -1 : statistics.averageBytes();
    double bytes = Math.max(Estimate.width(field.type()), stored);
    ValueDistribution spread = statistics == null ? null : statistics.distribution();
    return new Estimate.Column(Math.max(1, distinct), min, max, nulls, bytes, spread);
  }

  /** A value on a line, so that shares of ranges can be told; NaN where it has no place there. */
  private static double number(@Nullable Object value) {
    return ValueDistribution.place(value) instanceof Double place ? place : Double.NaN;
  }

  private Estimate extended(Node.Extend extend) {
    Estimate input = of(extend.input());
    Map<Integer, Estimate.Column> columns = new HashMap<>(input.columns());
    for (Node.Computed computed : extend.computed()) {
      BitSet fields = Expressions.references(computed.expression());
      double distinct = 1;
      for (int id = fields.nextSetBit(0); id >= 0; id = fields.nextSetBit(id + 1)) {
        distinct *= input.distinct(id);
      }
      columns.put(
          computed.field().id(),
          new Estimate.Column(
              Math.max(1, Math.min(distinct, input.rows())),
              Double.NaN,
              Double.NaN,
              0,
              Estimate.width(computed.field().type())));
    }
    return new Estimate(input.rows(), columns);
  }

  private Estimate aggregate(Node.Aggregate aggregate) {
    Estimate input = of(aggregate.input());
    double groups = 0;
    for (List<Integer> set : aggregate.groupingSets()) {
      groups += groups(input, set.stream().map(i -> aggregate.keys().get(i).id()).toList());
    }
    Map<Integer, Estimate.Column> columns = new HashMap<>();
    for (int i = 0; i < aggregate.keys().size(); i++) {
      Estimate.Column column = input.columns().get(aggregate.keys().get(i).id());
      if (column != null) {
        columns.put(aggregate.keyFields().get(i).id(), column.withDistinct(groups));
      }
    }
    for (Node.Call call : aggregate.calls()) {
      columns.put(
          call.field().id(),
          new Estimate.Column(
              Math.max(1, groups), Double.NaN, Double.NaN, 0, Estimate.width(call.field().type())));
    }
    return new Estimate(groups, columns);
  }

  /** How many groups the rows fall into by {@code keys}. */
  static double groups(Estimate input, List<Integer> keys) {
    double product = 1;
    for (int key : keys) {
      product *= input.distinct(key);
    }
    return keys.isEmpty()
        ? 1
        : Math.max(Math.min(1, input.rows()), Math.min(product, input.rows()));
  }

  private Estimate setOperation(Node.SetOperation operation) {
    double rows =
        switch (operation.kind()) {
          case UNION -> operation.inputs().stream().mapToDouble(this::rows).sum();
          case INTERSECT -> operation.inputs().stream().mapToDouble(this::rows).min().orElse(0);
          case EXCEPT -> rows(operation.inputs().get(0));
        };
    Map<Integer, Estimate.Column> columns = new HashMap<>();
    Estimate first = of(operation.inputs().get(0));
    for (int i = 0; i < operation.fields().size(); i++) {
      Estimate.Column column = first.columns().get(operation.columns().get(0).get(i));
      if (column != null) {
        columns.put(operation.fields().get(i).id(), column);
      }
    }
    return new Estimate(rows, columns);
  }

  private Estimate join(Node.Join join) {
    Estimate left = of(join.left());
    Estimate right = of(join.right());
    double matched =
        joined(left, right, Nodes.ids(join.left()), Nodes.ids(join.right()), join.conjuncts());
    double rows =
        switch (join.kind()) {
          case INNER -> matched;
          case LEFT -> Math.max(left.rows(), matched);
          case RIGHT -> Math.max(right.rows(), matched);
          case FULL -> Math.max(matched, left.rows() + right.rows());
          case SEMI -> left.rows() * semiSelectivity(left, right, join);
          case ANTI, NULL_AWARE_ANTI ->
              left.rows() * Math.max(0.05, 1 - semiSelectivity(left, right, join));
          case LEFT_MARK, NULL_AWARE_LEFT_MARK -> left.rows();
        };
    return join.kind().givesRight() ? left.with(right, rows) : left.withRows(rows);
  }

  private Estimate asofJoin(Node.AsofJoin join) {
    Estimate left = of(join.left());
    return left.with(of(join.right()), left.rows());
  }

  /** The share of left rows that have a match. */
  double semiSelectivity(Estimate left, Estimate right, Node.Join join) {
    return semiSelectivity(
        left, right, Nodes.ids(join.left()), Nodes.ids(join.right()), join.conjuncts());
  }

  static double semiSelectivity(
      Estimate left,
      Estimate right,
      BitSet leftFields,
      BitSet rightFields,
      List<Expression> conjuncts) {
    double share = 1;
    boolean keyed = false;
    for (Expression conjunct : conjuncts) {
      int[] pair = equality(conjunct, leftFields, rightFields);
      if (pair != null) {
        keyed = true;
        share = Math.min(share, Math.min(1, right.distinct(pair[1]) / left.distinct(pair[0])));
      }
    }
    boolean further = conjuncts.size() > 1 || !keyed && !conjuncts.isEmpty();
    return Math.max(1e-6, further ? share * 0.7 : share);
  }

  /** Rows of the inner join. */
  static double joined(
      Estimate left,
      Estimate right,
      BitSet leftFields,
      BitSet rightFields,
      List<Expression> conjuncts) {
    double product = left.rows() * right.rows();
    double leftKeys = 1;
    double rightKeys = 1;
    double single = 1;
    int keys = 0;
    double others = 1;
    for (Expression conjunct : conjuncts) {
      int[] pair = equality(conjunct, leftFields, rightFields);
      if (pair == null) {
        others *= otherSelectivity(conjunct);
      } else {
        keys++;
        leftKeys *= left.distinct(pair[0]);
        rightKeys *= right.distinct(pair[1]);
        single = Math.max(single, Math.max(left.distinct(pair[0]), right.distinct(pair[1])));
      }
    }
    double distinct =
        keys <= 1
            ? single
            : Math.max(
                single,
                Math.min(
                    Math.min(leftKeys, Math.max(1, left.rows())),
                    Math.min(rightKeys, Math.max(1, right.rows()))));
    return Math.max(product / distinct * others, Math.min(product, 1e-3));
  }

  private static double otherSelectivity(Expression conjunct) {
    return conjunct instanceof Call call && call.function() == ScalarFunction.EQUAL
        ? UNKNOWN_EQUALITY
        : conjunct instanceof Call call && call.function() == ScalarFunction.NOT_EQUAL
            ? 0.9
            : UNKNOWN_RANGE;
  }

  /** Left and right field of {@code left = right}, or null. */
  static int @Nullable [] equality(Expression conjunct, BitSet left, BitSet right) {
    if (conjunct instanceof Call call
        && (call.function() == ScalarFunction.EQUAL
            || call.function() == ScalarFunction.IS_NOT_DISTINCT)
        && field(call.arguments().get(0)) instanceof ColumnReference a
        && field(call.arguments().get(1)) instanceof ColumnReference b) {
      if (left.get(a.index()) && right.get(b.index())) {
        return new int[] {a.index(), b.index()};
      }
      if (left.get(b.index()) && right.get(a.index())) {
        return new int[] {b.index(), a.index()};
      }
    }
    return null;
  }

  private static @Nullable ColumnReference field(Expression expression) {
    return switch (expression) {
      case ColumnReference column -> column;
      case Cast cast -> field(cast.operand());
      default -> null;
    };
  }

  private static Estimate filtered(Estimate input, List<Expression> conjuncts) {
    double selectivity = 1;
    Map<Integer, double[]> ranges = new HashMap<>();
    Map<Integer, Double> equal = new HashMap<>();
    for (Expression conjunct : conjuncts) {
      if (!narrows(conjunct, input, ranges)) {
        selectivity *= selectivity(conjunct, input);
        if (conjunct instanceof Call call
            && call.function() == ScalarFunction.EQUAL
            && call.arguments().get(0) instanceof ColumnReference column
            && call.arguments().get(1) instanceof Literal) {
          equal.put(column.index(), 1.0);
        } else if (conjunct instanceof InList in
            && in.operand() instanceof ColumnReference column) {
          equal.put(column.index(), (double) in.values().size());
        }
      }
    }
    Map<Integer, Estimate.Column> columns = new HashMap<>(input.columns());
    for (Map.Entry<Integer, double[]> range : ranges.entrySet()) {
      Estimate.Column column = input.columns().get(range.getKey());
      if (column == null) {
        continue;
      }
      double low = Math.max(column.min(), range.getValue()[0]);
      double high = Math.min(column.max(), range.getValue()[1]);
      double share = rangeShare(column, low, high);
      selectivity *= column.spread() == null ? share * (1 - column.nulls()) : share;
      columns.put(
          range.getKey(),
          new Estimate.Column(
              Math.max(1, column.distinct() * share), low, high, 0, column.bytes()));
    }
    double rows = input.rows() * selectivity;
    Map<Integer, Estimate.Column> kept = new HashMap<>();
    double share = Math.max(selectivity, 1e-9);
    columns.forEach(
        (id, column) -> {
          Double values = equal.get(id);
          double distinct =
              values != null
                  ? Math.min(column.distinct(), values)
                  : ranges.containsKey(id)
                      ? column.distinct()
                      : remaining(column.distinct(), input.rows(), share);
          double left = Math.max(1, Math.min(distinct, Math.max(1, rows)));
          kept.put(
              id,
              new Estimate.Column(
                  left,
                  column.min(),
                  column.max(),
                  column.nulls(),
                  column.bytes(),
                  values == null ? column.spread() : null));
        });
    return new Estimate(rows, kept);
  }

  /** The share of rows (of those that are not NULL where the spread is not known) in a range. */
  private static double rangeShare(Estimate.Column column, double low, double high) {
    if (high < low) {
      return 1e-6;
    }
    double least = 1 / Math.max(1, column.distinct());
    double above = column.shareBelow(low, false);
    if (above >= 0) {
      return Math.max(1e-6, Math.max(least / 10, column.shareBelow(high, true) - above));
    }
    double whole = column.max() - column.min();
    double share = whole <= 0 ? 1 : Math.max(0, (high - low) / whole);
    return Math.max(Math.min(1, share), least);
  }

  /**
   * How many of {@code distinct} values are left when only a share of the rows is kept at random.
   */
  private static double remaining(double distinct, double rows, double share) {
    if (rows <= 0 || distinct <= 0) {
      return 1;
    }
    double perValue = rows / distinct;
    return distinct * (1 - Math.pow(1 - Math.min(1, share), perValue));
  }

  /** Takes a comparison of a field with a constant as a bound of its range. */
  private static boolean narrows(
      Expression conjunct, Estimate input, Map<Integer, double[]> ranges) {
    if (!(conjunct instanceof Call call)
        || call.arguments().size() != 2
        || !(call.arguments().get(0) instanceof ColumnReference field)
        || !(call.arguments().get(1) instanceof Literal literal)) {
      return false;
    }
    Estimate.Column column = input.columns().get(field.index());
    double bound = number(literal.value());
    if (column == null || Double.isNaN(column.max() - column.min()) || Double.isNaN(bound)) {
      return false;
    }
    double[] range = new double[] {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY};
    switch (call.function()) {
      case LESS, LESS_OR_EQUAL -> range[1] = bound;
      case GREATER, GREATER_OR_EQUAL -> range[0] = bound;
      default -> {
        return false;
      }
    }
    ranges.merge(
        field.index(), range, (a, b) -> new double[] {Math.max(a[0], b[0]), Math.min(a[1], b[1])});
    return true;
  }

  static double selectivity(Expression condition, Estimate input) {
    return switch (condition) {
      case Literal e -> Boolean.TRUE.equals(e.value()) ? 1 : 1e-6;
      case And e ->
          e.operands().stream().mapToDouble(o -> selectivity(o, input)).reduce(1, (a, b) -> a * b);
      case Or e ->
          1
              - e.operands().stream()
                  .mapToDouble(o -> 1 - selectivity(o, input))
                  .reduce(1, (a, b) -> a * b);
      case InList e ->
          e.operand() instanceof ColumnReference column
              ? Math.min(
                  1,
                  e.values().stream()
                      .mapToDouble(v -> equality(input, column.index(), v.value()))
                      .sum())
              : Math.min(0.5, e.values().size() * 0.05);
      case Call e -> selectivity(e, input);
      default -> 0.5;
    };
  }

  /** The share of rows in which a field has this value. */
  private static double equality(Estimate input, int field, @Nullable Object value) {
    Estimate.Column column = input.columns().get(field);
    double known = column == null ? -1 : column.shareOf(value);
    return known >= 0
        ? Math.max(1e-6, Math.max(known, 0.1 / Math.max(1, input.rows())))
        : 1 / Math.max(1, input.distinct(field));
  }

  /** The share of rows on one side of a text, or -1 where the spread is not known. */
  private static double textRange(Call call, Estimate input) {
    if (call.arguments().get(0) instanceof ColumnReference field
        && call.arguments().get(1) instanceof Literal literal
        && literal.value() instanceof String text) {
      Estimate.Column column = input.columns().get(field.index());
      boolean less =
          call.function() == ScalarFunction.LESS || call.function() == ScalarFunction.LESS_OR_EQUAL;
      boolean inclusive =
          call.function() == ScalarFunction.LESS_OR_EQUAL
              || call.function() == ScalarFunction.GREATER;
      double below = column == null ? -1 : column.shareBelow(text, inclusive);
      return below < 0 || column == null
          ? -1
          : Math.max(1e-6, less ? below : 1 - column.nulls() - below);
    }
    return -1;
  }

  private static double nulls(Call call, Estimate input) {
    ColumnReference field = field(call.arguments().get(0));
    Estimate.Column column = field == null ? null : input.columns().get(field.index());
    return column == null || column.nulls() <= 0 ? 0.05 : column.nulls();
  }

  private static double equality(Call call, Estimate input) {
    if (call.arguments().get(0) instanceof ColumnReference field
        && call.arguments().get(1) instanceof Literal literal) {
      return equality(input, field.index(), literal.value());
    }
    ColumnReference left = field(call.arguments().get(0));
    ColumnReference right = field(call.arguments().get(1));
    if (left == null && right == null) {
      return UNKNOWN_EQUALITY;
    }
    double distinct =
        Math.max(
            left == null ? 1 : input.distinct(left.index()),
            right == null ? 1 : input.distinct(right.index()));
    return 1 / Math.max(1, distinct);
  }

  private static double inequality(Call call, Estimate input) {
    if (call.arguments().get(0) instanceof ColumnReference field
        && call.arguments().get(1) instanceof Literal literal) {
      return Math.max(0.1, 1 - equality(input, field.index(), literal.value()));
    }
    return 0.9;
  }

  private static double comparison(Call call, Estimate input) {
    double text = textRange(call, input);
    if (text >= 0) {
      return text;
    }
    return narrows(call, input, new HashMap<>())
        ? Math.max(1e-6, filtered(input, List.of(call)).rows() / Math.max(1e-9, input.rows()))
        : UNKNOWN_RANGE;
  }

  private static double selectivity(Call call, Estimate input) {
    return switch (call.function()) {
      case EQUAL, IS_NOT_DISTINCT -> equality(call, input);
      case NOT_EQUAL, IS_DISTINCT -> inequality(call, input);
      case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> comparison(call, input);
      case NOT -> Math.max(1e-6, 1 - selectivity(call.arguments().get(0), input));
      case LIKE, ILIKE, SIMILAR, STARTS_WITH, ENDS_WITH, CONTAINS, REGEXP_LIKE -> LIKE;
      case IS_NULL -> nulls(call, input);
      case IS_NOT_NULL -> 1 - nulls(call, input);
      default -> 0.5;
    };
  }

  /** Whether the kind keeps every left row at most once. */
  static boolean reduces(JoinKind kind) {
    return kind == JoinKind.SEMI || kind == JoinKind.ANTI || kind == JoinKind.NULL_AWARE_ANTI;
  }
}
