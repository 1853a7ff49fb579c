package dev.tidemill.exec.automaton;

import java.util.List;

/** A part of a regular expression. */
sealed interface Term {
  /** Whether it may match no characters. */
  boolean mayBeEmpty();

  /** One character of a set. */
  record Characters(CodePointSet points) implements Term {
    @Override
    public boolean mayBeEmpty() {
      return false;
    }
  }

  /** One part behind the other; none is the empty text. */
  record Sequence(List<Term> parts) implements Term {
    public Sequence {
      parts = List.copyOf(parts);
    }

    @Override
    public boolean mayBeEmpty() {
      return parts.stream().allMatch(Term::mayBeEmpty);
    }
  }

  record Choice(List<Term> ways) implements Term {
    public Choice {
      ways = List.copyOf(ways);
    }

    @Override
    public boolean mayBeEmpty() {
      return ways.stream().anyMatch(Term::mayBeEmpty);
    }
  }

  /**
   * A part several times.
   *
   * @param most {@link #ANY} for no end
   */
  record Repetition(Term part, int least, int most) implements Term {
    static final int ANY = -1;

    @Override
    public boolean mayBeEmpty() {
      return least == 0 || part.mayBeEmpty();
    }
  }

  /** A place in the text. */
  enum Place implements Term {
    START,
    /** The end, or before a line terminator that ends the text. */
    LAST_LINE_END,
    END;

    @Override
    public boolean mayBeEmpty() {
      return true;
    }
  }
}
