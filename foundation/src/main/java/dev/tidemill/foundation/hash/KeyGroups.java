package dev.tidemill.foundation.hash;

/**
 * The fixed {@value #COUNT} groups that keys fall into, whatever the number of threads: state is
 * cut along them.
 */
public final class KeyGroups {
  public static final int COUNT = 256;

  private KeyGroups() {}

  /** The group of a key's {@link Hash}: its top 8 bits. */
  public static int of(long hash) {
    return (int) (hash >>> 56);
  }

  /** Which of {@code workers} a group belongs to: ranges of groups, as even as can be. */
  public static int worker(int group, int workers) {
    return group * workers / COUNT;
  }
}
