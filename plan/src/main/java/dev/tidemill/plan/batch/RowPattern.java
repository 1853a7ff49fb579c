package dev.tidemill.plan.batch;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * A regular expression over rows. Of the ways to match it the first counts: an alternation prefers
 * its earlier parts, a repetition more rounds to fewer (fewer to more where it is reluctant), and
 * what stands further left decides first.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "pattern")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RowPattern.Variable.class, name = "variable"),
  @JsonSubTypes.Type(value = RowPattern.Concatenation.class, name = "concatenation"),
  @JsonSubTypes.Type(value = RowPattern.Alternation.class, name = "alternation"),
  @JsonSubTypes.Type(value = RowPattern.Repetition.class, name = "repetition"),
  @JsonSubTypes.Type(value = RowPattern.Exclusion.class, name = "exclusion"),
  @JsonSubTypes.Type(value = RowPattern.Start.class, name = "start"),
  @JsonSubTypes.Type(value = RowPattern.End.class, name = "end"),
})
public sealed interface RowPattern {
  /** The most steps that a pattern may have with its repetitions written out. */
  int MAX_SIZE = 20_000;

  /** One row for which the variable's condition holds. */
  record Variable(int variable) implements RowPattern {}

  /** One part after the other. */
  record Concatenation(List<RowPattern> parts) implements RowPattern {
    public Concatenation {
      parts = List.copyOf(parts);
    }
  }

  /** One of the parts. */
  record Alternation(List<RowPattern> parts) implements RowPattern {
    public Alternation {
      parts = List.copyOf(parts);
    }
  }

  /**
   * A pattern several times.
   *
   * @param most -1 for any number
   */
  record Repetition(RowPattern of, int least, int most, boolean reluctant) implements RowPattern {
    public Repetition {
      if (least < 0 || most >= 0 && most < least) {
        throw new IllegalArgumentException("{" + least + ", " + most + "}");
      }
    }
  }

  /** A pattern whose rows are part of the match, but are not given. */
  record Exclusion(RowPattern of) implements RowPattern {}

  /** The beginning of the partition. */
  record Start() implements RowPattern {}

  /** The end of the partition. */
  record End() implements RowPattern {}

  /** About how many steps it takes with its repetitions written out. */
  static long size(RowPattern pattern) {
    return switch (pattern) {
      case Variable p -> 1;
      case Start p -> 1;
      case End p -> 1;
      case Concatenation p -> p.parts().stream().mapToLong(RowPattern::size).sum();
      case Alternation p -> p.parts().stream().mapToLong(part -> size(part) + 2).sum();
      case Exclusion p -> size(p.of());
      case Repetition p -> {
        long rounds = Math.max(1, p.most() < 0 ? p.least() + 1L : p.most());
        yield Math.min(Integer.MAX_VALUE, rounds * (size(p.of()) + 2));
      }
    };
  }

  /** Whether it asks for the beginning of the partition. */
  static boolean hasStart(RowPattern pattern) {
    return pattern instanceof Start || parts(pattern).stream().anyMatch(RowPattern::hasStart);
  }

  /** Whether it asks for the end of the partition. */
  static boolean hasEnd(RowPattern pattern) {
    return pattern instanceof End || parts(pattern).stream().anyMatch(RowPattern::hasEnd);
  }

  private static List<RowPattern> parts(RowPattern pattern) {
    return switch (pattern) {
      case Variable p -> List.of();
      case Start p -> List.of();
      case End p -> List.of();
      case Concatenation p -> p.parts();
      case Alternation p -> p.parts();
      case Exclusion p -> List.of(p.of());
      case Repetition p -> List.of(p.of());
    };
  }

  /** Whether some match of it has no rows. */
  static boolean isNullable(RowPattern pattern) {
    return switch (pattern) {
      case Variable p -> false;
      case Start p -> true;
      case End p -> true;
      case Concatenation p -> p.parts().stream().allMatch(RowPattern::isNullable);
      case Alternation p -> p.parts().stream().anyMatch(RowPattern::isNullable);
      case Exclusion p -> isNullable(p.of());
      case Repetition p -> p.least() == 0 || isNullable(p.of());
    };
  }
}
