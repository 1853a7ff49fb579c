package dev.tidemill.exec.match;

/**
 * The states of a matcher from which a way on was looked for: to come to one of them again, by
 * another way, is of no use, as the first came before it and has failed.
 */
interface TriedStates {
  /**
   * The matcher begins with a row.
   *
   * @param partition the number of its partition, from 0 on
   */
  void begin(int partition);

  /** Whether a state is new. */
  boolean enter(int step, int row, int flags);

  /** How many states lie on the way that is being tried. */
  int mark();

  /** Goes back to where so many lay on the way. */
  void back(int mark);

  /** The way that is being tried has matched: its states have not failed. */
  void matched();

  /** Where too much depends on the way to tell states apart. */
  TriedStates NONE =
      new TriedStates() {
        @Override
        public void begin(int partition) {}

        @Override
        public boolean enter(int step, int row, int flags) {
          return true;
        }

        @Override
        public int mark() {
          return 0;
        }

        @Override
        public void back(int mark) {}

        @Override
        public void matched() {}
      };
}
