package dev.tidemill.storage.nexmark;

/**
 * What an event is. Events are numbered from 0 and follow each other in rounds of {@value #ROUND}:
 * a new person, three new auctions, 46 bids.
 *
 * <pre>
 *   event   0  1  2  3  4  5 … 49 50 51 …
 *   kind    P  A  A  A  B  B …  B  P  A …
 *   row     0  0  1  2  0  1 … 45  1  3 …
 * </pre>
 */
enum EventKind {
  PERSON(0, 1),
  AUCTION(1, 3),
  BID(4, 46);

  /** Events of a round. */
  static final int ROUND = 50;

  private final int first;
  private final int perRound;

  EventKind(int first, int perRound) {
    this.first = first;
    this.perRound = perRound;
  }

  int perRound() {
    return perRound;
  }

  /** How many events of this kind there are before event {@code event}; its row, if it is one. */
  long rowsBefore(long event) {
    long inRound = event % ROUND - first;
    return event / ROUND * perRound + Math.max(0, Math.min(inRound, perRound));
  }

  /** The event that is row {@code row} of this kind. */
  long event(long row) {
    return row / perRound * ROUND + first + row % perRound;
  }

  /** The event behind the {@code row}th row of this kind, the greatest there is on overflow. */
  long eventBehind(long row) {
    return row >= Long.MAX_VALUE / ROUND * perRound ? Long.MAX_VALUE : event(row) + 1;
  }

  /**
   * The events of {@code count} rows from {@code row} on, into {@code events}.
   *
   * @param events has room for {@code count}
   */
  void events(long row, int count, long[] events) {
    long event = event(row);
    long last = row / perRound * ROUND + first + perRound - 1;
    for (int i = 0; i < count; i++) {
      events[i] = event;
      if (event == last) {
        event += ROUND - perRound;
        last += ROUND;
      }
      event++;
    }
  }
}
