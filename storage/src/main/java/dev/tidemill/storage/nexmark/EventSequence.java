package dev.tidemill.storage.nexmark;

/**
 * Which numbers and times events have. Like the classes it is made with ({@link EventKind}, {@link
 * Randomness}, {@link Prices}, {@link Letters}, {@link Channels}) it needs nothing but Java 17: a
 * benchmark gives the same events to others.
 *
 * @param seed other seeds give other events
 * @param firstMillis when event 0 happens, since 1970
 * @param perSecond events of a second of event time
 * @param jitterMillis how far the time of an event may be behind its place
 */
record EventSequence(long seed, long firstMillis, long perSecond, long jitterMillis) {
  /** The id of the first person and the first auction. */
  static final long FIRST_ID = 1000;

  private static final int ACTIVE_PEOPLE = 1000;
  private static final int OPEN_AUCTIONS = 100;

  /** People and auctions that do not exist yet may be named: so many. */
  private static final int LEAD = 10;

  /** Of so many consecutive people or auctions one is hot. */
  private static final int PER_HOT = 100;

  /** How many events pass while the auctions open at a time are made. */
  private static final long OPEN_EVENTS =
      (long) OPEN_AUCTIONS * EventKind.ROUND / EventKind.AUCTION.perRound();

  /** When event {@code event} has its place, in milliseconds since 1970. */
  long place(long event) {
    return firstMillis + event / perSecond * 1000 + event % perSecond * 1000 / perSecond;
  }

  /**
   * When event {@code event} happens.
   *
   * @param bits random ones
   */
  long time(long event, long bits) {
    long place = place(event);
    return jitterMillis == 0 ? place : place - Randomness.scale(bits, jitterMillis + 1);
  }

  /**
   * How long the auction of event {@code event} is open, in milliseconds: twice as long as it takes
   * to make the auctions that are open at a time, at most.
   */
  long auctionMillis(long event, long bits) {
    long span = place(event + OPEN_EVENTS) - place(event);
    return 1 + Randomness.scale(bits, Math.max(1, 2 * span));
  }

  /** The last person at event {@code event}, counted from 0. */
  static long lastPerson(long event) {
    return event / EventKind.ROUND;
  }

  /** The last auction at event {@code event}, counted from 0; -1 where there is none. */
  static long lastAuction(long event) {
    long inRound = event % EventKind.ROUND;
    int perRound = EventKind.AUCTION.perRound();
    return event / EventKind.ROUND * perRound + Math.min(inRound, perRound) - 1;
  }

  /** One of the people who are active at event {@code event}, as an id. */
  static long person(long event, long bits) {
    long people = lastPerson(event) + 1;
    long active = Math.min(people, ACTIVE_PEOPLE);
    return FIRST_ID + people - active + Randomness.scale(bits, active + LEAD);
  }

  /** The hot seller at event {@code event}. */
  static long hotSeller(long event) {
    return FIRST_ID + lastPerson(event) / PER_HOT * PER_HOT;
  }

  /** The hot bidder at event {@code event}, another one than the hot seller. */
  static long hotBidder(long event) {
    return hotSeller(event) + 1;
  }

  /** One of the auctions that are open at event {@code event}. */
  static long auction(long event, long bits) {
    long last = lastAuction(event);
    long least = Math.max(0, last - OPEN_AUCTIONS);
    return FIRST_ID + least + Randomness.scale(bits, last - least + 1 + LEAD);
  }

  /** The hot auction at event {@code event}. */
  static long hotAuction(long event) {
    return FIRST_ID + lastAuction(event) / PER_HOT * PER_HOT;
  }
}
