package dev.tidemill.streaming.aggregate;

import java.util.List;

/** Does parts of a work, which share nothing that changes, side by side or one after the other. */
public interface Together {
  /** One after the other. */
  Together IN_TURN = (rows, parts) -> parts.forEach(Runnable::run);

  /**
   * Returns when all parts are done, or throws what one of them threw once none goes on.
   *
   * @param rows of the batch that the parts are about
   */
  void run(int rows, List<Runnable> parts);
}
