package dev.tidemill.plan.batch;

import java.util.List;

/**
 * Where the next match may begin.
 *
 * @param variables of TO_FIRST and TO_LAST: whose first or last row it is
 */
public record MatchSkip(Kind kind, List<Integer> variables) {
  /** Where to. */
  public enum Kind {
    PAST_LAST_ROW,
    TO_NEXT_ROW,
    TO_FIRST,
    TO_LAST
  }

  public MatchSkip {
    variables = List.copyOf(variables);
  }
}
