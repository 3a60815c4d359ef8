#include "textflag.h"

// Method stubs; stub.go says what they are for. Every stub is 11 bytes, so that
// the address of stub i of a bank is base + 11*i: load i into R12, jump to the end,
// and there enter the function value in slot i with its closure in DX. All argument
// registers pass through.

#define N 65536

#define STUB(i) \
	BYTE $0x41; BYTE $0xBC; LONG $(i); \
	BYTE $0xE9; LONG $((N-1-(i))*11);

#define STUB8(i) STUB(i) STUB((i)+1) STUB((i)+2) STUB((i)+3) STUB((i)+4) STUB((i)+5) STUB((i)+6) STUB((i)+7)
#define STUB64(i) STUB8(i) STUB8((i)+8) STUB8((i)+16) STUB8((i)+24) STUB8((i)+32) STUB8((i)+40) STUB8((i)+48) STUB8((i)+56)
#define STUB512(i) STUB64(i) STUB64((i)+64) STUB64((i)+128) STUB64((i)+192) STUB64((i)+256) STUB64((i)+320) STUB64((i)+384) STUB64((i)+448)
#define STUB4096(i) STUB512(i) STUB512((i)+512) STUB512((i)+1024) STUB512((i)+1536) STUB512((i)+2048) STUB512((i)+2560) STUB512((i)+3072) STUB512((i)+3584)
#define STUB32768(i) STUB4096(i) STUB4096((i)+4096) STUB4096((i)+8192) STUB4096((i)+12288) STUB4096((i)+16384) STUB4096((i)+20480) STUB4096((i)+24576) STUB4096((i)+28672)

TEXT stubs0<>(SB), NOSPLIT|NOFRAME, $0-0
	STUB32768(0)
	STUB32768(32768)
	LEAQ ·stubSlots(SB), DX
	MOVQ (DX)(R12*8), DX
	MOVQ (DX), R12
	JMP  R12

TEXT stubs1<>(SB), NOSPLIT|NOFRAME, $0-0
	STUB32768(0)
	STUB32768(32768)
	LEAQ ·stubSlots(SB), DX
	MOVQ (N*8)(DX)(R12*8), DX
	MOVQ (DX), R12
	JMP  R12

// Entry of an interpreted function value: go on to its native twin.
TEXT closureEntry<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ 8(DX), DX
	MOVQ (DX), R12
	JMP  R12

// func stubBases() [stubBanks]uintptr
TEXT ·stubBases(SB), NOSPLIT, $0-16
	LEAQ stubs0<>(SB), AX
	MOVQ AX, ret_0+0(FP)
	LEAQ stubs1<>(SB), AX
	MOVQ AX, ret_1+8(FP)
	RET

// func closurePC() uintptr
TEXT ·closurePC(SB), NOSPLIT, $0-8
	LEAQ closureEntry<>(SB), AX
	MOVQ AX, ret+0(FP)
	RET

// func reflectcall(stackArgsType *rtype, fn, stackArgs unsafe.Pointer, stackArgsSize, stackRetOffset, frameSize uint32, regs *regArgs)
TEXT ·reflectcall(SB), NOSPLIT|NOFRAME, $0-48
	JMP runtime·reflectcall(SB)
