package dev.tidemill.streaming.state;

/** A part of a state with other numbers, made beside what is there. */
public interface Renumbered extends AutoCloseable {
  /** Puts it in the place of what is there. Cannot fail, and is called once at most. */
  void take();

  /** Gives back what was made, where it has not taken its place. */
  @Override
  void close();
}
