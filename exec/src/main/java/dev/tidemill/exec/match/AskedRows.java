package dev.tidemill.exec.match;

import dev.tidemill.plan.batch.MatchValue;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows that conditions may still ask for: of each set of variables the last ones and the first
 * ones, as many as the places that are named reach.
 */
final class AskedRows implements TriedKeys.Asked {
  private record Ends(MatchValue.Place place, int set) {}

  private final List<Ends> ends = new ArrayList<>();
  private final MatchHistory history;

  AskedRows(List<MatchValue.Place> places, MatchHistory history) {
    this.history = history;
    List<MatchValue.Place> all = new ArrayList<>();
    for (MatchValue.Place place : places) {
      for (int offset = 0; offset <= place.offset(); offset++) {
        MatchValue.Place end =
            new MatchValue.Place(place.variables(), place.first(), offset, 0, false);
        if (!all.contains(end)) {
          all.add(end);
        }
      }
    }
    all.forEach(place -> ends.add(new Ends(place, history.track(place.variables()))));
  }

  @Override
  public int count() {
    return ends.size();
  }

  @Override
  public void write(int row, int[] into, int at) {
    for (int i = 0; i < ends.size(); i++) {
      Ends end = ends.get(i);
      into[at + i] = row == history.start() ? -1 : history.rowAt(end.place(), end.set(), row - 1);
    }
  }
}
