package dev.tidemill.exec.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.MatchValue.Place;
import dev.tidemill.plan.batch.RowPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The matcher against Java's regular expressions, over rows that are letters, and against a search
 * by its definition, with conditions that look at rows that were taken before.
 */
class PatternMatcherTest {
  private static final int VARIABLES = 4;

  @Test
  void endsWhereRegularExpressionsEnd() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 3_000; round++) {
      RowPattern pattern = pattern(random, 3, /* nullable= */ false);
      String[] letters = new String[VARIABLES];
      for (int i = 0; i < VARIABLES; i++) {
        letters[i] = random.nextInt(3) == 0 ? "[ab]" : String.valueOf((char) ('a' + i));
      }
      Pattern regex = Pattern.compile(text(pattern, letters));
      StringBuilder rows = new StringBuilder();
      for (int i = random.nextInt(14); i > 0; i--) {
        rows.append((char) ('a' + random.nextInt(VARIABLES)));
      }
      String input = rows.toString();
      try (Fixture fixture = new Fixture(pattern, input.length(), input.length() + 1)) {
        PatternMatcher matcher =
            fixture.matcher(
                (variable, row) -> input.substring(row, row + 1).matches(letters[variable]),
                fixture.bits());
        for (int start = 0; start <= input.length(); start++) {
          Matcher expected = regex.matcher(input).region(start, input.length());
          // Anchors are those of the partition, not of the match.
          expected.useAnchoringBounds(false);
          int end = expected.lookingAt() ? expected.end() : -1;
          assertEquals(
              end,
              matcher.match(0, 0, input.length(), start, false),
              "seed %d, round %d: %s from %d of %s".formatted(seed, round, regex, start, input));
        }
      }
    }
  }

  @Test
  void takesRowsAsTheSearchByDefinition() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 4_000; round++) {
      RowPattern pattern = pattern(random, 3, /* nullable= */ true);
      int count = random.nextInt(9);
      int[] values = random.ints(count, 0, 4).toArray();
      List<Place> places = new ArrayList<>();
      for (int i = 0; i < VARIABLES; i++) {
        places.add(
            new Place(
                random.nextInt(4) == 0 ? List.of() : List.of(random.nextInt(VARIABLES)),
                random.nextBoolean(),
                random.nextInt(3),
                random.nextInt(3) - 1,
                false));
      }
      boolean onRowOnly = random.nextBoolean();
      try (Fixture fixture = new Fixture(pattern, count, 1)) {
        RowConditions conditions =
            (variable, row) -> {
              if (onRowOnly) {
                return values[row] != variable;
              }
              Place place = places.get(variable);
              int set = place.variables().isEmpty() ? -1 : fixture.history.track(place.variables());
              int other = fixture.history.rowAt(place, set, row);
              return other < 0
                  ? values[row] != variable
                  : values[row] + variable != values[other] + 2;
            };
        places.forEach(
            p -> {
              if (!p.variables().isEmpty()) {
                fixture.history.track(p.variables());
              }
            });
        PatternMatcher matcher =
            fixture.matcher(conditions, onRowOnly ? fixture.bits() : fixture.keys(places, 0));
        for (int start = 0; start < count; start++) {
          Search search = new Search(pattern, count, conditions, fixture, start);
          int expected = search.find();
          String taken = search.taken(expected);
          String message =
              "seed %d, round %d: %s from %d of %s, %s"
                  .formatted(
                      seed,
                      round,
                      pattern,
                      start,
                      Arrays.toString(values),
                      onRowOnly ? "" : places);
          assertEquals(expected, matcher.match(0, 0, count, start, false), message);
          assertEquals(taken, search.taken(expected), message);
        }
      }
    }
  }

  @Test
  void ambiguousPatternsEnd() {
    // (a* a*)* b over rows that are all a.
    RowPattern many = repeated(variable(0), 0, -1);
    RowPattern pattern = concatenation(repeated(concatenation(many, many), 0, -1), variable(1));
    int count = 2_000;
    try (Fixture fixture = new Fixture(pattern, count, 1)) {
      PatternMatcher matcher = fixture.matcher((variable, row) -> variable == 0, fixture.bits());
      for (int start = 0; start < count; start++) {
        assertEquals(-1, matcher.match(0, 0, count, start, false));
      }
    }
    try (Fixture fixture = new Fixture(pattern, 300, 1)) {
      PatternMatcher matcher =
          fixture.matcher((variable, row) -> variable == 0, fixture.keys(List.of(), 256));
      assertEquals(-1, matcher.match(0, 0, 300, 0, false));
    }
    try (Fixture fixture = new Fixture(pattern, 40, 1)) {
      PatternMatcher matcher = fixture.matcher((variable, row) -> variable == 0, TriedStates.NONE);
      TidemillException refused =
          assertThrows(TidemillException.class, () -> matcher.match(0, 0, 40, 0, false));
      assertEquals("MATCH_TOO_AMBIGUOUS", refused.code().name());
    }
  }

  @Test
  void longMatchesNeedNoStack() {
    RowPattern pattern = concatenation(repeated(variable(0), 1, -1), variable(1));
    int count = 1_000_000;
    try (Fixture fixture = new Fixture(pattern, count, 1)) {
      PatternMatcher matcher =
          fixture.matcher((variable, row) -> variable == 0 || row == count - 1, fixture.bits());
      assertEquals(count, matcher.match(0, 0, count, 0, false));
    }
  }

  @Test
  void memoryIsChargedAndCancellingEndsTheSearch() {
    RowPattern pattern = repeated(variable(0), 0, -1);
    MemoryScope small = MemoryScope.root("test", 1_000_000);
    PatternProgram program = PatternProgram.of(pattern);
    try (HeapMemory heap = new HeapMemory(small)) {
      MatchHistory history = new MatchHistory(program, 100_000, heap);
      PatternMatcher matcher =
          new PatternMatcher(
              program, (variable, row) -> true, history, TriedStates.NONE, -1, () -> {}, heap);
      assertThrows(TidemillException.class, () -> matcher.match(0, 0, 100_000, 0, false));
    }
    assertEquals(0, small.used());
    try (Fixture fixture = new Fixture(pattern, 100_000, 1)) {
      PatternMatcher matcher =
          new PatternMatcher(
              fixture.program,
              (variable, row) -> true,
              fixture.history,
              TriedStates.NONE,
              -1,
              () -> {
                throw new IllegalStateException("cancelled");
              },
              fixture.heap);
      assertThrows(IllegalStateException.class, () -> matcher.match(0, 0, 100_000, 0, false));
    }
  }

  private static final class Fixture implements AutoCloseable {
    final PatternProgram program;
    final MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);
    final HeapMemory heap = new HeapMemory(memory);
    final MatchHistory history;
    final int rows;
    final int partitions;

    Fixture(RowPattern pattern, int rows, int partitions) {
      this.program = PatternProgram.of(pattern);
      this.rows = rows;
      this.partitions = partitions;
      this.history = new MatchHistory(program, rows, heap);
    }

    TriedStates bits() {
      return TriedBits.fits(program, rows, partitions)
          ? new TriedBits(program, rows, partitions, heap)
          : keys(List.of(), 0);
    }

    TriedStates keys(List<Place> places, int free) {
      return new TriedKeys(
          new AskedRows(places.stream().filter(p -> !p.variables().isEmpty()).toList(), history),
          free,
          heap);
    }

    PatternMatcher matcher(RowConditions conditions, TriedStates tried) {
      return new PatternMatcher(program, conditions, history, tried, -1, () -> {}, heap);
    }

    @Override
    public void close() {
      heap.close();
      memory.close();
    }
  }

  /** All ways in their order, until one ends. */
  private static final class Search {
    private final RowPattern pattern;
    private final int count;
    private final RowConditions conditions;
    private final Fixture fixture;
    private final int start;

    Search(RowPattern pattern, int count, RowConditions conditions, Fixture fixture, int start) {
      this.pattern = pattern;
      this.count = count;
      this.conditions = conditions;
      this.fixture = fixture;
      this.start = start;
    }

    int find() {
      fixture.history.begin(0, count, start);
      return match(pattern, start, row -> row);
    }

    /** As what the rows of the match are taken. */
    String taken(int end) {
      StringBuilder taken = new StringBuilder();
      for (int row = start; row < end; row++) {
        taken.append(fixture.program.variable(fixture.history.step(row)));
      }
      return taken.toString();
    }

    private int match(RowPattern of, int row, IntUnaryOperator on) {
      return switch (of) {
        case RowPattern.Variable p -> {
          if (row == count) {
            yield -1;
          }
          fixture.history.take(row, step(p.variable()));
          yield conditions.holds(p.variable(), row) ? on.applyAsInt(row + 1) : -1;
        }
        case RowPattern.Start p -> row == 0 ? on.applyAsInt(row) : -1;
        case RowPattern.End p -> row == count ? on.applyAsInt(row) : -1;
        case RowPattern.Exclusion p -> match(p.of(), row, on);
        case RowPattern.Concatenation p -> concatenation(p.parts(), row, on);
        case RowPattern.Alternation p -> {
          int end = -1;
          for (int i = 0; end < 0 && i < p.parts().size(); i++) {
            end = match(p.parts().get(i), row, on);
          }
          yield end;
        }
        case RowPattern.Repetition p -> repetition(p, 0, row, on);
      };
    }

    private int step(int variable) {
      for (int step = 0; ; step++) {
        if (fixture.program.operation(step) == PatternProgram.Operation.ROW
            && fixture.program.variable(step) == variable) {
          return step;
        }
      }
    }

    private int concatenation(List<RowPattern> parts, int row, IntUnaryOperator on) {
      return parts.isEmpty()
          ? on.applyAsInt(row)
          : match(
              parts.get(0), row, next -> concatenation(parts.subList(1, parts.size()), next, on));
    }

    private int repetition(RowPattern.Repetition of, int done, int row, IntUnaryOperator on) {
      if (done < of.least()) {
        return match(of.of(), row, next -> repetition(of, done + 1, next, on));
      }
      if (of.most() >= 0 && done == of.most()) {
        return on.applyAsInt(row);
      }
      boolean endless = of.most() < 0;
      IntUnaryOperator again =
          next -> endless && next == row ? on.applyAsInt(next) : repetition(of, done + 1, next, on);
      int end = of.reluctant() ? on.applyAsInt(row) : match(of.of(), row, again);
      return end >= 0 ? end : of.reluctant() ? match(of.of(), row, again) : on.applyAsInt(row);
    }
  }

  private static RowPattern variable(int number) {
    return new RowPattern.Variable(number);
  }

  private static RowPattern concatenation(RowPattern... parts) {
    return new RowPattern.Concatenation(List.of(parts));
  }

  private static RowPattern repeated(RowPattern of, int least, int most) {
    return new RowPattern.Repetition(of, least, most, false);
  }

  /**
   * @param nullable whether what is repeated may be empty
   */
  private static RowPattern pattern(Random random, int depth, boolean nullable) {
    switch (depth == 0 ? 0 : random.nextInt(6)) {
      case 1, 2 -> {
        List<RowPattern> parts = new ArrayList<>();
        for (int i = 2 + random.nextInt(2); i > 0; i--) {
          parts.add(pattern(random, depth - 1, nullable));
        }
        return random.nextInt(3) > 0
            ? new RowPattern.Concatenation(parts)
            : new RowPattern.Alternation(parts);
      }
      case 3, 4 -> {
        RowPattern of = pattern(random, depth - 1, nullable);
        if (!nullable && RowPattern.isNullable(of)) {
          return of;
        }
        int least = random.nextInt(3);
        int most = random.nextBoolean() ? -1 : Math.max(1, least + random.nextInt(3));
        return new RowPattern.Repetition(of, least, most, random.nextInt(3) == 0);
      }
      case 5 -> {
        return switch (random.nextInt(6)) {
          case 0 -> new RowPattern.Start();
          case 1 -> new RowPattern.End();
          default -> new RowPattern.Exclusion(pattern(random, depth - 1, nullable));
        };
      }
      default -> {
        return variable(random.nextInt(VARIABLES));
      }
    }
  }

  private static String text(RowPattern pattern, String[] letters) {
    return switch (pattern) {
      case RowPattern.Variable p -> letters[p.variable()];
      case RowPattern.Start p -> "^";
      case RowPattern.End p -> "$";
      case RowPattern.Exclusion p -> "(?:" + text(p.of(), letters) + ")";
      case RowPattern.Concatenation p -> {
        StringBuilder all = new StringBuilder("(?:");
        p.parts().forEach(part -> all.append(text(part, letters)));
        yield all.append(')').toString();
      }
      case RowPattern.Alternation p -> {
        List<String> parts = p.parts().stream().map(part -> text(part, letters)).toList();
        yield "(?:" + String.join("|", parts) + ")";
      }
      case RowPattern.Repetition p ->
          "(?:"
              + text(p.of(), letters)
              + "){"
              + p.least()
              + ","
              + (p.most() < 0 ? "" : p.most())
              + "}"
              + (p.reluctant() ? "?" : "");
    };
  }
}
