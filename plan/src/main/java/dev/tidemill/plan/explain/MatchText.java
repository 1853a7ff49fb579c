package dev.tidemill.plan.explain;

import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.MatchSkip;
import dev.tidemill.plan.batch.MatchValue;
import dev.tidemill.plan.batch.RowPattern;
import dev.tidemill.plan.batch.RowsPerMatch;
import dev.tidemill.plan.expression.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** MATCH_RECOGNIZE nearly as SQL writes it. */
final class MatchText {
  private final MatchPlan plan;

  private MatchText(MatchPlan plan) {
    this.plan = plan;
  }

  /** All but the partition and the order. */
  static String of(MatchPlan plan) {
    MatchText text = new MatchText(plan);
    StringBuilder all = new StringBuilder();
    all.append("pattern (").append(text.pattern(plan.pattern(), false)).append(')');
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < plan.variables().size(); i++) {
      if (!plan.conditions().get(i).equals(Literal.TRUE)) {
        conditions.add(
            plan.variables().get(i)
                + " as "
                + ExpressionText.of(plan.conditions().get(i), text::value));
      }
    }
    if (!conditions.isEmpty()) {
      all.append(" define ").append(String.join(", ", conditions));
    }
    all.append(rows(plan.rows())).append(text.skip(plan.skip()));
    int before = plan.columns().size() - plan.measures().size();
    for (int i = 0; i < plan.measures().size(); i++) {
      String measure = ExpressionText.of(plan.measures().get(i), text::value);
      all.append(i == 0 ? ": " : ", ")
          .append(PlanText.named(measure, plan.columns().get(before + i).name()));
    }
    return all.toString();
  }

  private static String rows(RowsPerMatch rows) {
    return switch (rows) {
      case ONE -> "";
      case ALL -> " all rows";
      case ALL_OMIT_EMPTY -> " all rows of matches that are not empty";
      case ALL_WITH_UNMATCHED -> " all rows, unmatched ones too";
    };
  }

  private String skip(MatchSkip skip) {
    return switch (skip.kind()) {
      case PAST_LAST_ROW -> "";
      case TO_NEXT_ROW -> " skip to next row";
      case TO_FIRST -> " skip to first " + variables(skip.variables());
      case TO_LAST -> " skip to last " + variables(skip.variables());
    };
  }

  private String variables(List<Integer> variables) {
    String names =
        variables.stream().map(v -> plan.variables().get(v)).collect(Collectors.joining(", "));
    return variables.size() == 1 ? names : "(" + names + ")";
  }

  private String pattern(RowPattern pattern, boolean within) {
    return switch (pattern) {
      case RowPattern.Variable p -> plan.variables().get(p.variable());
      case RowPattern.Concatenation p -> {
        String all =
            p.parts().stream().map(part -> pattern(part, true)).collect(Collectors.joining(" "));
        yield within ? "(" + all + ")" : all;
      }
      case RowPattern.Alternation p -> {
        String all =
            p.parts().stream().map(part -> pattern(part, false)).collect(Collectors.joining(" | "));
        yield within ? "(" + all + ")" : all;
      }
      case RowPattern.Repetition p ->
          pattern(p.of(), true) + quantifier(p) + (p.reluctant() ? "?" : "");
      case RowPattern.Exclusion p -> "{- " + pattern(p.of(), false) + " -}";
      case RowPattern.Start p -> "^";
      case RowPattern.End p -> "$";
    };
  }

  private static String quantifier(RowPattern.Repetition of) {
    if (of.most() < 0) {
      return of.least() == 0 ? "*" : of.least() == 1 ? "+" : "{" + of.least() + ",}";
    }
    return of.least() == 0 && of.most() == 1
        ? "?"
        : "{" + of.least() + (of.most() == of.least() ? "" : "," + of.most()) + "}";
  }

  private String value(int index) {
    return switch (plan.values().get(index)) {
      case MatchValue.Column v -> place(v.place(), plan.input().columns().get(v.column()).name());
      case MatchValue.Classifier v -> place(v.place(), "CLASSIFIER()");
      case MatchValue.MatchNumber v -> "MATCH_NUMBER()";
      case MatchValue.Aggregate v -> {
        String of =
            v.arguments().isEmpty()
                ? qualified(v.variables(), "*")
                : v.arguments().stream()
                    .map(a -> qualified(v.variables(), plan.input().columns().get(a).name()))
                    .collect(Collectors.joining(", "));
        yield (v.whole() ? "FINAL " : "") + v.functionName() + "(" + of + ")";
      }
    };
  }

  private String qualified(List<Integer> variables, String name) {
    return variables.isEmpty()
        ? name
        : (variables.size() == 1
                ? plan.variables().get(variables.get(0))
                : "(" + variables(variables).replaceAll("[()]", "") + ")")
            + "."
            + name;
  }

  private String place(MatchValue.Place place, String name) {
    String of = qualified(place.variables(), name);
    boolean plain = !place.first() && place.offset() == 0 && !place.whole();
    String logical =
        plain
            ? of
            : (place.whole() ? "FINAL " : "")
                + (place.first() ? "FIRST(" : "LAST(")
                + of
                + (place.offset() == 0 ? "" : ", " + place.offset())
                + ")";
    if (place.shift() == 0) {
      return logical;
    }
    int by = Math.abs(place.shift());
    return (place.shift() < 0 ? "PREV(" : "NEXT(") + logical + (by == 1 ? "" : ", " + by) + ")";
  }
}
