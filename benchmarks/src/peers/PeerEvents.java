package dev.tidemill.storage.nexmark;

import java.nio.charset.StandardCharsets;

/**
 * The events that the connector 'nexmark' makes without jitter, seed 0, column by column, for
 * programs that run beside Tidemill: compiled together with the classes that decide what events
 * are. Texts are bytes that are not to be changed; pieces of letters are places in {@link #letters}.
 */
public final class PeerEvents {
  private static final String[] CITIES = {
    "Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle",
    "Kent", "Cheyenne"
  };
  private static final String[] STATES = {"AZ", "CA", "ID", "OR", "WA", "WY"};
  private static final String[] FIRST_NAMES = {
    "Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"
  };
  private static final String[] LAST_NAMES = {
    "Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"
  };

  private final EventSequence sequence = new EventSequence(0, 1_436_918_400_000L, 10_000, 0);
  private final Prices prices = new Prices();
  private final Letters letters = new Letters(0);
  private final byte[][] channels;
  private final byte[][] urls;
  private final byte[][] cities = bytes(CITIES);
  private final byte[][] states = bytes(STATES);
  private final byte[][] names = new byte[FIRST_NAMES.length * LAST_NAMES.length][];

  private final Randomness name = random("person.name");
  private final Randomness city = random("person.city");
  private final Randomness state = random("person.state");
  private final Randomness item = random("auction.itemName");
  private final Randomness description = random("auction.description");
  private final Randomness initial = random("auction.initialBid");
  private final Randomness reserve = random("auction.reserve");
  private final Randomness length = random("auction.expires");
  private final Randomness seller = random("auction.seller");
  private final Randomness category = random("auction.category");
  private final Randomness auctionExtra = random("auction.extra");
  private final Randomness auction = random("bid.auction");
  private final Randomness bidder = random("bid.bidder");
  private final Randomness price = random("bid.price");
  private final Randomness channel = random("bid.channel");
  private final Randomness bidExtra = random("bid.extra");

  public PeerEvents() {
    Channels all = new Channels(0, letters);
    channels = bytes(all.names());
    urls = bytes(all.urls());
    for (int i = 0; i < names.length; i++) {
      names[i] =
          (FIRST_NAMES[i / LAST_NAMES.length] + " " + LAST_NAMES[i % LAST_NAMES.length])
              .getBytes(StandardCharsets.UTF_8);
    }
  }

  private static Randomness random(String purpose) {
    return new Randomness(0, purpose);
  }

  private static byte[][] bytes(String[] texts) {
    byte[][] bytes = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      bytes[i] = texts[i].getBytes(StandardCharsets.UTF_8);
    }
    return bytes;
  }

  public static boolean isPerson(long event) {
    return event % EventKind.ROUND == 0;
  }

  public static boolean isAuction(long event) {
    long inRound = event % EventKind.ROUND;
    return inRound > 0 && inRound <= EventKind.AUCTION.perRound();
  }

  public static boolean isBid(long event) {
    return event % EventKind.ROUND > EventKind.AUCTION.perRound();
  }

  public byte[] letters() {
    return letters.bytes();
  }

  /** Where in the letters a piece begins, in the upper half, and its length, in the lower one. */
  private static long piece(long bits, int least, int most) {
    return (long) Letters.place(bits) << 32 | Letters.length(bits, least, most);
  }

  public long millis(long event) {
    return sequence.place(event);
  }

  public long personId(long event) {
    return EventSequence.FIRST_ID + EventSequence.lastPerson(event);
  }

  public byte[] personName(long event) {
    return names[(int) name.below(event, names.length)];
  }

  public byte[] city(long event) {
    return cities[(int) city.below(event, cities.length)];
  }

  public byte[] state(long event) {
    return states[(int) state.below(event, states.length)];
  }

  public long auctionId(long event) {
    return EventSequence.FIRST_ID + EventSequence.lastAuction(event);
  }

  public long itemName(long event) {
    return piece(item.bits(event), 3, 20);
  }

  public long description(long event) {
    return piece(description.bits(event), 3, 100);
  }

  public long initialBid(long event) {
    return prices.price(initial.bits(event));
  }

  public long reserve(long event) {
    return initialBid(event) + prices.price(reserve.bits(event));
  }

  public long expires(long event) {
    return millis(event) + sequence.auctionMillis(event, length.bits(event));
  }

  public long seller(long event) {
    long bits = seller.bits(event);
    return (bits & 3) > 0 ? EventSequence.hotSeller(event) : EventSequence.person(event, bits);
  }

  public long category(long event) {
    return 10 + category.below(event, 5);
  }

  public long auctionExtra(long event) {
    return piece(auctionExtra.bits(event), 312, 468);
  }

  public long bidAuction(long event) {
    long bits = auction.bits(event);
    return (bits & 1) > 0 ? EventSequence.hotAuction(event) : EventSequence.auction(event, bits);
  }

  public long bidder(long event) {
    long bits = bidder.bits(event);
    return (bits & 3) > 0 ? EventSequence.hotBidder(event) : EventSequence.person(event, bits);
  }

  public long price(long event) {
    return prices.price(price.bits(event));
  }

  public byte[] channel(long event) {
    return channels[Channels.channel(channel.bits(event))];
  }

  public byte[] url(long event) {
    return urls[Channels.channel(channel.bits(event))];
  }

  public long bidExtra(long event) {
    return piece(bidExtra.bits(event), 54, 81);
  }
}
