package batchnorm.spark.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class SharedSessionTest {

  @Test
  void everyCallReturnsTheOneSession() {
    assertSame(SharedSession.get(), SharedSession.get());
  }

  @Test
  void runsOnTwoLocalThreads() {
    assertEquals("local[2]", SharedSession.get().sparkContext().master());
    assertEquals(3, SharedSession.get().range(3).count());
  }
}
