package compile

const (
	intRegs   = 9
	floatRegs = 15
)
