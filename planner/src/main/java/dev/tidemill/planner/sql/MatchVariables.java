package dev.tidemill.planner.sql;

import dev.tidemill.plan.batch.RowPattern;
import dev.tidemill.planner.error.PlannerErrors;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlMatchRecognize;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.jspecify.annotations.Nullable;

/** The variables of a pattern, those of SUBSET included, and the pattern itself. */
final class MatchVariables {
  /** PERMUTE is written out: so many orders are enough. */
  private static final int MOST_PERMUTED = 6;

  private final List<String> names = new ArrayList<>();
  private final Map<String, List<Integer>> numbers = new LinkedHashMap<>();
  private final RowPattern pattern;
  private final @Nullable Set<String> others;

  /**
   * @param others what else can stand before a point in its expressions, or null where that is not
   *     known
   */
  MatchVariables(SqlMatchRecognize match, @Nullable Set<String> others) {
    this.others = others;
    RowPattern inner = pattern(match.getPattern());
    List<RowPattern> parts = new ArrayList<>();
    if (match.getStrictStart().booleanValue()) {
      parts.add(new RowPattern.Start());
    }
    parts.add(inner);
    if (match.getStrictEnd().booleanValue()) {
      parts.add(new RowPattern.End());
    }
    pattern = concatenation(parts);
    if (RowPattern.size(pattern) > RowPattern.MAX_SIZE || unboundedEmpty(pattern) > 30) {
      throw PlannerErrors.unsupported(
          "MATCH_PATTERN_SIZE",
          "a PATTERN of more than "
              + RowPattern.MAX_SIZE
              + " steps (with its repetitions written out)",
          Positions.of(match.getPattern().getParserPosition()));
    }
    match.getSubsetList().forEach(this::subset);
  }

  /** How many repetitions may go on for ever without a row. */
  private static long unboundedEmpty(RowPattern pattern) {
    return switch (pattern) {
      case RowPattern.Variable p -> 0;
      case RowPattern.Start p -> 0;
      case RowPattern.End p -> 0;
      case RowPattern.Concatenation p ->
          p.parts().stream().mapToLong(MatchVariables::unboundedEmpty).sum();
      case RowPattern.Alternation p ->
          p.parts().stream().mapToLong(MatchVariables::unboundedEmpty).sum();
      case RowPattern.Exclusion p -> unboundedEmpty(p.of());
      case RowPattern.Repetition p -> {
        long rounds = Math.max(1, p.most() < 0 ? p.least() + 1L : p.most());
        long own = p.most() < 0 && RowPattern.isNullable(p.of()) ? 1 : 0;
        yield Math.min(Integer.MAX_VALUE, rounds * unboundedEmpty(p.of()) + own);
      }
    };
  }

  /** The pattern's variables, in the order in which they are written. */
  List<String> names() {
    return List.copyOf(names);
  }

  RowPattern pattern() {
    return pattern;
  }

  /** The numbers of a variable, several of a subset, or null if there is none of this name. */
  @Nullable List<Integer> numbers(String name) {
    return numbers.get(key(name));
  }

  /** The numbers of the variable before a column, none where it stands by itself. */
  List<Integer> before(SqlIdentifier column) {
    if (column.isSimple()) {
      return List.of();
    }
    String name = column.names.get(0);
    List<Integer> of = numbers(name);
    if (of == null && others != null && !others.contains(name)) {
      throw unknown(column.getComponent(0));
    }
    return of == null ? List.of() : of;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private RowPattern pattern(SqlNode node) {
    if (node instanceof SqlIdentifier name) {
      String simple = name.getSimple();
      List<Integer> known =
          numbers.computeIfAbsent(
              key(simple),
              k -> {
                names.add(simple);
                return List.of(names.size() - 1);
              });
      return new RowPattern.Variable(known.get(0));
    }
    SqlCall call = (SqlCall) node;
    return switch (call.getKind()) {
      case PATTERN_CONCAT -> concatenation(parts(call));
      case PATTERN_ALTER -> {
        List<RowPattern> parts = new ArrayList<>();
        for (RowPattern part : parts(call)) {
          if (part instanceof RowPattern.Alternation alternation) {
            parts.addAll(alternation.parts());
          } else {
            parts.add(part);
          }
        }
        yield new RowPattern.Alternation(parts);
      }
      case PATTERN_QUANTIFIER -> repetition(call);
      case PATTERN_EXCLUDED -> new RowPattern.Exclusion(pattern(call.operand(0)));
      case PATTERN_PERMUTE -> permutation(call);
      default ->
          throw PlannerErrors.unsupported(
              "PATTERN of " + call.getKind(), Positions.of(call.getParserPosition()));
    };
  }

  private List<RowPattern> parts(SqlCall call) {
    return call.getOperandList().stream().map(this::pattern).toList();
  }

  private static RowPattern concatenation(List<RowPattern> parts) {
    List<RowPattern> flat = new ArrayList<>();
    for (RowPattern part : parts) {
      if (part instanceof RowPattern.Concatenation concatenation) {
        flat.addAll(concatenation.parts());
      } else {
        flat.add(part);
      }
    }
    return flat.size() == 1 ? flat.get(0) : new RowPattern.Concatenation(flat);
  }

  private RowPattern repetition(SqlCall call) {
    int least = Math.max(0, count(call.operand(1)));
    int most = count(call.operand(2));
    if (most == 0 || most > 0 && most < least) {
      throw PlannerErrors.invalid(
          "a quantifier of a PATTERN needs a greatest number above 0 that is not less than the least",
          Positions.of(call.getParserPosition()));
    }
    boolean reluctant = ((SqlLiteral) call.operand(3)).booleanValue();
    return new RowPattern.Repetition(pattern(call.operand(0)), least, most, reluctant);
  }

  private static int count(SqlNode node) {
    BigDecimal value = ((SqlNumericLiteral) node).bigDecimalValue();
    if (value == null
        || value.stripTrailingZeros().scale() > 0
        || value.compareTo(BigDecimal.valueOf(RowPattern.MAX_SIZE)) > 0) {
      throw PlannerErrors.invalid(
          "a quantifier of a PATTERN takes whole numbers up to " + RowPattern.MAX_SIZE,
          Positions.of(node.getParserPosition()));
    }
    return value.intValue();
  }

  /** All orders of the parts, those first that begin with earlier ones. */
  private RowPattern permutation(SqlCall call) {
    List<RowPattern> parts = parts(call);
    if (parts.size() > MOST_PERMUTED) {
      throw PlannerErrors.unsupported(
          "PERMUTE_SIZE",
          "PERMUTE of more than " + MOST_PERMUTED + " patterns",
          Positions.of(call.getParserPosition()));
    }
    List<RowPattern> orders = new ArrayList<>();
    permute(parts, List.of(), orders);
    return orders.size() == 1 ? orders.get(0) : new RowPattern.Alternation(orders);
  }

  private static void permute(
      List<RowPattern> left, List<RowPattern> before, List<RowPattern> orders) {
    if (left.isEmpty()) {
      orders.add(concatenation(before));
    }
    for (int i = 0; i < left.size(); i++) {
      List<RowPattern> rest = new ArrayList<>(left);
      List<RowPattern> more = new ArrayList<>(before);
      more.add(rest.remove(i));
      permute(rest, more, orders);
    }
  }

  private void subset(SqlNode definition) {
    SqlIdentifier name = ((SqlCall) definition).operand(0);
    List<Integer> of = new ArrayList<>();
    for (SqlNode variable : (Iterable<SqlNode>) ((SqlCall) definition).operand(1)) {
      List<Integer> found =
          variable instanceof SqlIdentifier id && id.isSimple() ? numbers(id.getSimple()) : null;
      if (found == null) {
        throw unknown(variable);
      }
      of.addAll(found);
    }
    if (numbers.containsKey(key(name.getSimple()))) {
      throw PlannerErrors.invalid(
          "SUBSET " + name.getSimple() + " has the name of another variable",
          Positions.of(name.getParserPosition()));
    }
    Collections.sort(of);
    numbers.put(key(name.getSimple()), of.stream().distinct().toList());
  }

  RuntimeException unknown(SqlNode variable) {
    return PlannerErrors.invalid(
        "PATTERN has no variable "
            + ColumnNames.text(variable)
            + (names.isEmpty() ? "" : ", only " + String.join(", ", names)),
        Positions.of(variable.getParserPosition()));
  }
}
