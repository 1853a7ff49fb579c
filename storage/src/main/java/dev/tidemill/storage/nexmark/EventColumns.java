package dev.tidemill.storage.nexmark;

import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;

/**
 * The columns of people, auctions and bids, with names, types and distributions as in Apache Beam's
 * generator of the benchmark: prices spread evenly by their logarithm, half of the bids for the
 * auction that is hot at the time, three quarters of them by a hot bidder, three quarters of the
 * auctions by a hot seller. Which random numbers are drawn is our own: each column draws its own,
 * so that one that is not read costs nothing. Columns of bids, of which there are many, have loops
 * of their own, without branches.
 */
final class EventColumns {
  private static final Type TIME = new Type.Timestamp(3);
  private static final int CATEGORIES = 5;
  private static final int FIRST_CATEGORY = 10;

  private static final String[] CITIES = {
    "Phoenix",
    "Los Angeles",
    "San Francisco",
    "Boise",
    "Portland",
    "Bend",
    "Redmond",
    "Seattle",
    "Kent",
    "Cheyenne"
  };
  private static final String[] STATES = {"AZ", "CA", "ID", "OR", "WA", "WY"};
  private static final String[] FIRST_NAMES = {
    "Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"
  };
  private static final String[] LAST_NAMES = {
    "Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"
  };

  private final EventSequence sequence;
  private final TextPool pool;
  private final Letters letters;
  private final Prices prices = new Prices();

  /** Columns of a sequence, which put their words into {@code pool}. */
  EventColumns(EventSequence sequence, TextPool pool) {
    this.sequence = sequence;
    this.pool = pool;
    this.letters = pool.letters();
  }

  List<EventColumn> of(EventKind kind) {
    return switch (kind) {
      case PERSON -> person();
      case AUCTION -> auction();
      case BID -> bid();
    };
  }

  private List<EventColumn> person() {
    Randomness email = random("person.emailAddress");
    Randomness card = random("person.creditCard");
    return List.of(
        numbers("id", event -> EventSequence.FIRST_ID + EventSequence.lastPerson(event)),
        words("name", names()),
        built(
            "emailAddress",
            event -> {
              long bits = email.bits(event);
              String host = letters.piece(Randomness.mix(bits), 3, 5);
              return letters.piece(bits, 3, 7) + "@" + host + ".com";
            }),
        built("creditCard", event -> cardNumber(card.bits(event))),
        words("city", CITIES),
        words("state", STATES),
        dateTime(),
        extra("person", 104, 156));
  }

  private List<EventColumn> auction() {
    Randomness item = random("auction.itemName");
    Randomness description = random("auction.description");
    Randomness initial = random("auction.initialBid");
    Randomness reserve = random("auction.reserve");
    Randomness length = random("auction.expires");
    Randomness when = random("dateTime");
    Randomness seller = random("auction.seller");
    Randomness category = random("auction.category");
    return List.of(
        numbers("id", event -> EventSequence.FIRST_ID + EventSequence.lastAuction(event)),
        built("itemName", event -> letters.piece(item.bits(event), 3, 20)),
        built("description", event -> letters.piece(description.bits(event), 3, 100)),
        numbers("initialBid", event -> prices.price(initial.bits(event))),
        numbers(
            "reserve",
            event -> prices.price(initial.bits(event)) + prices.price(reserve.bits(event))),
        dateTime(),
        new EventColumn.Numbers(
            "expires",
            TIME,
            filler(
                event ->
                    sequence.time(event, when.bits(event))
                        + sequence.auctionMillis(event, length.bits(event)))),
        numbers(
            "seller",
            event -> {
              long bits = seller.bits(event);
              return (bits & 3) > 0
                  ? EventSequence.hotSeller(event)
                  : EventSequence.person(event, bits);
            }),
        numbers("category", event -> FIRST_CATEGORY + category.below(event, CATEGORIES)),
        extra("auction", 312, 468));
  }

  private List<EventColumn> bid() {
    Randomness channel = random("bid.channel");
    Channels channels = new Channels(sequence.seed(), pool.letters());
    TextPool.Words names = pool.add(channels.names());
    TextPool.Words urls = pool.add(channels.urls());
    return List.of(
        new EventColumn.Numbers("auction", Type.BIGINT, auctions(random("bid.auction"))),
        new EventColumn.Numbers("bidder", Type.BIGINT, bidders(random("bid.bidder"))),
        new EventColumn.Numbers("price", Type.BIGINT, prices(random("bid.price"))),
        new EventColumn.PooledTexts("channel", 0, ofChannel(names, channel)),
        new EventColumn.PooledTexts("url", pool.size(), ofChannel(urls, channel)),
        dateTime(),
        extra("bid", 54, 81));
  }

  private static EventColumn.Filler ofChannel(TextPool.Words words, Randomness random) {
    return (events, count, views) -> {
      for (int i = 0; i < count; i++) {
        words.put(Channels.channel(random.bits(events[i])), views + 16L * i);
      }
    };
  }

  private static EventColumn.Filler auctions(Randomness random) {
    return (events, count, address) -> {
      for (int i = 0; i < count; i++) {
        long bits = random.bits(events[i]);
        long hot = EventSequence.hotAuction(events[i]);
        long open = EventSequence.auction(events[i], bits);
        Memory.putLong(address + 8L * i, (bits & 1) > 0 ? hot : open);
      }
    };
  }

  private static EventColumn.Filler bidders(Randomness random) {
    return (events, count, address) -> {
      for (int i = 0; i < count; i++) {
        long bits = random.bits(events[i]);
        long hot = EventSequence.hotBidder(events[i]);
        long active = EventSequence.person(events[i], bits);
        Memory.putLong(address + 8L * i, (bits & 3) > 0 ? hot : active);
      }
    };
  }

  private EventColumn.Filler prices(Randomness random) {
    return (events, count, address) -> {
      for (int i = 0; i < count; i++) {
        Memory.putLong(address + 8L * i, prices.price(random.bits(events[i])));
      }
    };
  }

  private EventColumn dateTime() {
    Randomness when = random("dateTime");
    EventColumn.Filler filler =
        sequence.jitterMillis() == 0
            ? places()
            : filler(event -> sequence.time(event, when.bits(event)));
    return new EventColumn.Numbers("dateTime", TIME, filler);
  }

  private EventColumn.Filler places() {
    return (events, count, address) -> {
      for (int i = 0; i < count; i++) {
        Memory.putLong(address + 8L * i, sequence.place(events[i]));
      }
    };
  }

  private Randomness random(String purpose) {
    return new Randomness(sequence.seed(), purpose);
  }

  private static EventColumn numbers(String name, LongUnaryOperator value) {
    return new EventColumn.Numbers(name, Type.BIGINT, filler(value));
  }

  private static EventColumn.Filler filler(LongUnaryOperator value) {
    return (events, count, address) -> {
      for (int i = 0; i < count; i++) {
        Memory.putLong(address + 8L * i, value.applyAsLong(events[i]));
      }
    };
  }

  private EventColumn extra(String kind, int least, int most) {
    return new EventColumn.PooledTexts(
        "extra", TextPool.LETTER_BYTES, pool.longPieces(random(kind + ".extra"), least, most));
  }

  private EventColumn words(String name, String... texts) {
    TextPool.Words words = pool.add(texts);
    Randomness random = random("person." + name);
    return new EventColumn.PooledTexts(
        name,
        pool.size(),
        (events, count, views) -> {
          for (int i = 0; i < count; i++) {
            words.put((int) random.below(events[i], words.count()), views + 16L * i);
          }
        });
  }

  private static EventColumn built(String name, LongFunction<String> value) {
    return new EventColumn.BuiltTexts(name, value);
  }

  private static String[] names() {
    String[] names = new String[FIRST_NAMES.length * LAST_NAMES.length];
    for (int i = 0; i < names.length; i++) {
      names[i] = FIRST_NAMES[i / LAST_NAMES.length] + " " + LAST_NAMES[i % LAST_NAMES.length];
    }
    return names;
  }

  /** Four times four digits. */
  private static String cardNumber(long bits) {
    StringBuilder text = new StringBuilder(19);
    long digits = bits >>> 1;
    for (int i = 0; i < 16; i++) {
      text.append(i > 0 && i % 4 == 0 ? " " : "").append(digits % 10);
      digits /= 10;
    }
    return text.toString();
  }
}
