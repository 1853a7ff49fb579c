package dev.tidemill.testing.random;

import java.util.ArrayList;
import java.util.List;

/** What is common to all parts of the query that is being made. */
final class Draft {
  private final Dice dice;

  /** Whether tables are so large that their product is not to be asked for. */
  private final boolean large;

  /** Views, which stand as queries of their own where the query stands. */
  private final List<Relation> views = new ArrayList<>();

  /** Queries of its WITH. */
  private final List<Relation> named = new ArrayList<>();

  private int aliases;

  /** Whether DuckDB gives the same for what was made since the beginning. */
  private boolean comparable = true;

  Draft(Dice dice, boolean large) {
    this.dice = dice;
    this.large = large;
  }

  void begin() {
    aliases = 0;
    comparable = true;
    named.clear();
  }

  boolean large() {
    return large;
  }

  boolean comparable() {
    return comparable;
  }

  void notComparable() {
    comparable = false;
  }

  String alias() {
    return "t" + aliases++;
  }

  void add(Relation view) {
    views.add(view);
  }

  void name(Relation query) {
    named.add(query);
  }

  /** A table, mostly; else a view or a query of WITH. */
  Relation relation() {
    if (!named.isEmpty() && dice.oneIn(2)) {
      return dice.pick(named);
    }
    return views.isEmpty() || !dice.oneIn(8) ? table() : dice.pick(views);
  }

  Relation table() {
    return new Relation(dice.pick(Tables.NAMES), Tables.COLUMNS);
  }
}
