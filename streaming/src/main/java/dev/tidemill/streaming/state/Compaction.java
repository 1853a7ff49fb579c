package dev.tidemill.streaming.state;

import dev.tidemill.foundation.error.TidemillException;

/**
 * Numbers the rows that are left of a state anew, in a commit. That takes room for a second copy of
 * them; where there is none it is put off, for a step that is committed cannot fail any more. One
 * thread at a time.
 */
public final class Compaction {
  /** It is tried again after so many commits that ask for it: trying may take long. */
  private static final int PUT_OFF = 16;

  private int left;

  /** Makes a copy and puts it in the place of what is there; all or nothing. */
  public interface Work {
    /**
     * @throws TidemillException where there is no room; nothing has changed then
     */
    void run();
  }

  /** Does the work, or puts it off. */
  public void attempt(Work work) {
    if (left > 0) {
      left--;
      return;
    }
    try {
      work.run();
    } catch (TidemillException | OutOfMemoryError e) {
      left = PUT_OFF;
    }
  }
}
