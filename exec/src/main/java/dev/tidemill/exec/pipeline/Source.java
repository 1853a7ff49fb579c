package dev.tidemill.exec.pipeline;

/**
 * Where the rows of a pipeline come from in one run, shared by its workers, who take morsels from
 * it.
 */
public interface Source {
  /** Whether there are surely no rows: then nobody opens it. Asked when its pipeline is to work. */
  default boolean isEmpty() {
    return false;
  }

  /** How many workers can be kept busy at most. 1 where the order of the rows is a promise. */
  int parallelism();

  /** The state for one worker. */
  SourceReader open(Worker worker);
}
